"""The model's files: missing, cut off, not what their names say, or of another model."""

from core.diagnosis.entry import Entry, Reach, Scenario, Witness

AGAIN = "Delete the file and download the model again; compare its size with the hub's page."

ENTRIES = (
    Entry(
        name="pickle_refused",
        scenario=Scenario.NOT_LOADED,
        sentence="The weights are a pickle that holds more than numbers, and it was not opened.",
        signs=(
            r"Unsupported (?:global|class|operand GLOBAL)|unsupported GLOBAL",
            r"was not an allowed global by default",
            r"whose module \w+ is blocked",
            r"a pickle can run any program when it is opened",
            r"Due to a serious vulnerability issue in `torch\.load`",
        ),
        causes=(
            "it was saved whole, with Python objects inside, as training programs do",
            "somebody hid code in it",
        ),
        remedy="Take the model's .safetensors files. Convert a pickle only where you trust who made it.",
    ),
    Entry(
        name="not_weights",
        scenario=Scenario.NOT_LOADED,
        sentence="The file is named like weights and holds something else.",
        signs=(
            r"deserializing header: (?:header too large|HeaderTooLarge)",
            r"deserializing header: (?:invalid (?:JSON|UTF-8) in header|InvalidHeader(?:Deserialization|"
            r"Start)?\b)",
            r"deserializing header: invalid start",
            r"invalid load key, '(?:v|<|\\x\w\w|.)'",
            r"Unsupported operand (?:118|60|123)\b",
            r"version https://git-lfs\.github\.com/spec",
            r"it does not begin as a safetensors file does",
        ),
        causes=(
            "it is a pointer of Git LFS: the repository was cloned without its large files",
            "it is a page of HTML, such as a login page, saved in the file's place",
        ),
        remedy="Download the file itself: hf download, or git lfs pull in the clone. A real one is "
        "megabytes or more.",
    ),
    Entry(
        name="truncated_weights",
        scenario=Scenario.NOT_LOADED,
        sentence="A weights file is cut off.",
        signs=(
            r"incomplete metadata, file not fully covered|MetadataIncompleteBuffer",
            r"deserializing header: (?:invalid header length|InvalidHeaderLength|header too small|"
            r"HeaderTooSmall)",
            r"PytorchStreamReader failed",
            r"failed finding central directory|unexpected EOF, expected \d+ more bytes",
            r"it has [\d,]+ bytes where its header promises",
            r"EOFError: Ran out of input|pickle data was truncated",
            r"storage has wrong byte size",
        ),
        causes=("the download or the copy broke off", "the disk was full while it was written"),
        remedy=AGAIN,
        witnesses=(Witness.DISK,),
    ),
    Entry(
        name="weights_not_numbers",
        scenario=Scenario.NOT_LOADED,
        sentence="The model's weights hold values that are not numbers.",
        signs=(r"weights.{0,120} hold values that are not numbers",),
        causes=("a training or a conversion went wrong", "the file was damaged on the way"),
        remedy=AGAIN,
    ),
    Entry(
        name="empty_tokenizer",
        scenario=Scenario.NOT_LOADED,
        sentence="The tokenizer knows no words, so every prompt would be lost.",
        signs=(r"it knows no words, so every prompt would be lost",),
        causes=(
            "the tokenizer's folder is empty: libraries make one up without a word",
            "its files were not downloaded",
        ),
        remedy="Download the model's tokenizer files (tokenizer.json, tokenizer_config.json) into its "
        "folder.",
    ),
    Entry(
        name="remote_code",
        scenario=Scenario.NOT_LOADED,
        sentence="The model contains program code, which is not allowed to run.",
        signs=(
            r"requires you to execute the .{0,60}(?:configuration|modeling)? ?file in that repo",
            r"contains custom code which must be executed",
            r"pass the (?:argument|option) `trust_remote_code=True`",
        ),
        causes=("its architecture is not part of the transformers library",),
        remedy="Read the code on the model's page first. If you trust it, allow it in the engine's "
        "settings; else "
        "choose another model.",
    ),
    Entry(
        name="lora_of_another_model",
        scenario=Scenario.NOT_LOADED,
        sentence="The LoRA was trained for another model.",
        signs=(
            r"Target modules .{1,300} not found in the base model",
            r"it was made for another model",
            r"Loading adapter weights from .{1,200} led to unexpected keys",
            r"No LoRA keys associated to \w+ found",
        ),
        causes=("it fits another size or version of the model", "its layers are named for another library"),
        remedy="Name a LoRA that was trained for this very model, or clear the LoRA setting.",
    ),
    Entry(
        name="wrong_model",
        scenario=Scenario.NOT_LOADED,
        sentence="The weights do not fit their configuration.",
        signs=(
            r"size mismatch for [\w.]+: copying a param",
            r"Error\(s\) in loading state_dict",
            r"Cannot load .{1,300} because .{1,200} expected shape",
            r"Trying to set a tensor of shape .{1,60} in \"?\w+\"? \(which has shape",
            r"Unrecognized model in |Should have a `model_type` key in its config\.json",
            r"Unrecognized configuration class",
            r"The weights in .{1,200} do not fit their config",
            r"holds a model of the kind \S+ not ",
        ),
        causes=("files of two models, or of two versions, are mixed", "another model's folder was named"),
        remedy="Empty the folder and download one model into it, or name the folder of the model that was "
        "meant.",
    ),
    Entry(
        name="missing_tensors",
        scenario=Scenario.NOT_LOADED,
        sentence="Part of the model's weights is missing.",
        signs=(
            r"Cannot copy out of meta tensor",
            r"is not on the expected device meta",
            r"Some weights of .{1,120} were not initialized from the model checkpoint",
            r"\d+ tensors are missing",
        ),
        causes=("one of the model's files was not downloaded", "the library is newer than the checkpoint"),
        remedy="Download all of the model's weights files again, and compare them with the list on its page.",
    ),
    Entry(
        name="broken_configuration",
        scenario=Scenario.NOT_LOADED,
        sentence="A configuration file of the model cannot be read.",
        signs=(
            r"is not a valid JSON file",
            r"JSONDecodeError",
            r"\.json of .{1,200} cannot be read",
            r"The config\.json in .{1,200} describes no",
        ),
        causes=("the download broke off", "it was edited by hand", "it is a page of HTML saved in its place"),
        remedy="Download the model's configuration files again.",
    ),
    Entry(
        name="separator_missing",
        scenario=Scenario.NOT_LOADED,
        sentence="The separator's weights are not where they were looked for.",
        signs=(
            r"must exist and be a directory",
            r"Could not find a? ?pre-trained model with signature",
            r"is neither a single pre-trained model or a bag of models",
        ),
        causes=("the folder with the weights is named wrongly or is empty", "the model's name is misspelt"),
        remedy="Put the .th files and their .yaml into the folder that is named, or choose Spleeter, which "
        "brings its own.",
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="missing_files",
        scenario=Scenario.NOT_LOADED,
        sentence="Files of the model are missing.",
        signs=(
            r"Error no file named \S+",
            r"does not appear to have a file named",
            r"No such file or directory: '[^'\n]{0,300}\."
            r"(?:safetensors|bin|json|pt|pth|th|ckpt|onnx|model|yaml)'",
            r"The checkpoint .{1,200} lacks ",
            r"There is no checkpoint folder",
        ),
        causes=(
            "the download was not finished",
            "the folder holds the model in another form, or is another's",
        ),
        remedy="Download the missing files; the models' page and python -m core doctor name them one by one.",
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="cannot_load",
        scenario=Scenario.NOT_LOADED,
        reach=Reach.GENERAL,
        sentence="The model cannot be loaded from where it was looked for.",
        signs=(
            r"Can't load (?:the )?(?:config\w*|model|tokenizer|feature extractor|image processor|processor) ",
            r"\[Errno 2\] No such file or directory",
            r"FileNotFoundError",
        ),
        unless=r"\.(?:safetensors|bin|json|pt|pth|th|ckpt|onnx|model|yaml)'|'ff(?:mpeg|probe)'|torchaudio",
        causes=(
            "the folder's name is misspelt, or a folder of the same name hides the model",
            "the download was not finished",
        ),
        remedy="Check the path, and download the model's missing files.",
        witnesses=(Witness.PLACE,),
    ),
)
