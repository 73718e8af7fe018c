"""Packages and libraries that are missing, or do not fit each other."""

from core.diagnosis.entry import Entry, Reach, Scenario, Witness

INSTALL = "Install the versions of requirements.txt again: make models."

ENTRIES = (
    Entry(
        name="tokenizer_library",
        scenario=Scenario.SOFTWARE,
        sentence="A package that the model's tokenizer is read with is missing.",
        signs=(
            r"requires the (?:SentencePiece|protobuf) library but it was not found",
            r"You need to have sentencepiece (?:or tiktoken )?installed",
            r"Cannot instantiate this tokenizer from a slow version",
            r"`(?:tiktoken|sentencepiece)` is required to (?:read|convert)",
            r"Converting from (?:SentencePiece and )?Tiktoken failed",
            r"No module named '(?:sentencepiece|tiktoken|google\.protobuf|google)(?:\.\w+)*'",
            r"Descriptors cannot (?:not )?be created directly",
        ),
        causes=(
            "sentencepiece, tiktoken or protobuf is not installed in the engine's environment",
            "protobuf there is of a version that does not fit",
            "the tokenizer's own files are missing, and the package was tried in their place",
        ),
        remedy="Install sentencepiece, tiktoken and protobuf in the engine's environment (pip install "
        "sentencepiece "
        "tiktoken protobuf), and see that the model's folder holds its tokenizer files.",
    ),
    Entry(
        name="torchaudio_cannot_save",
        scenario=Scenario.SOFTWARE,
        sentence="torchaudio made the sound and could not write or read the file.",
        signs=(
            r"TorchCodec is required for",
            r"Could not load libtorchcodec",
            r"No module named 'torchcodec",
            r"Couldn't find appropriate backend to handle uri",
        ),
        causes=(
            "torchaudio from 2.9 on leaves files to torchcodec, which is missing or built for another torch",
            "no version of FFmpeg that torchcodec knows is installed",
        ),
        remedy="Take the sound as an array and write it with soundfile, as this studio does; in a program of "
        "your own, install the torchcodec that fits torch, or write WAV or FLAC.",
    ),
    Entry(
        name="ffmpeg_missing",
        scenario=Scenario.SOFTWARE,
        sentence="A library asked for ffmpeg, which is not installed.",
        signs=(
            r"No such file or directory: '(?:ffmpeg|ffprobe)'",
            r"ffmpeg(?:\.exe)?(?: was)? not found|Couldn't find ffmpeg|ffmpeg is not installed",
            r"(?:ffmpeg|ffprobe): (?:command )?not found",
        ),
        causes=("ffmpeg is not installed", "its folder is not in PATH"),
        remedy="Install ffmpeg with the system's packages (apt install ffmpeg, brew install ffmpeg). The "
        "studio "
        "itself does without it.",
    ),
    Entry(
        name="two_acesteps",
        scenario=Scenario.SOFTWARE,
        sentence="The package acestep that is installed is not the one that was meant.",
        signs=(
            r"No module named 'acestep\.\w+",
            r"cannot import name '\w+' from 'acestep",
            r"module 'acestep' has no attribute",
        ),
        causes=(
            "ACE-Step 1 and ACE-Step 1.5 both call their package acestep, and one hides the other",
            "the package on PyPI lacks files",
        ),
        remedy="Give each an environment of its own: ACE-Step 1.5 needs only requirements.txt here, and the "
        "original "
        "package runs under the interpreter that GAINSTAGE_ACESTEP_PYTHON names.",
    ),
    Entry(
        name="torchaudio_does_not_fit",
        scenario=Scenario.SOFTWARE,
        sentence="torchaudio does not fit the torch that is installed.",
        signs=(
            r"lib_?torchaudio\w*\.(?:so|pyd|dylib)",
            r"torchaudio.{0,200}undefined symbol",
            r"PyTorch has CUDA version .{1,20} whereas TorchAudio has CUDA version",
        ),
        causes=("one of the two was updated without the other", "one is built for CUDA, the other is not"),
        remedy="Install the torchaudio of torch's own version from the same index; for audiocraft, make "
        "audiocraft "
        "makes an environment in which both fit.",
        witnesses=(Witness.TORCH,),
    ),
    Entry(
        name="numpy_generation",
        scenario=Scenario.SOFTWARE,
        sentence="A compiled package was built for another generation of NumPy.",
        signs=(
            r"compiled using NumPy 1\.x cannot be run in",
            r"numpy\.(?:dtype|ndarray) size changed",
            r"numpy\.core\.multiarray failed to import",
            r"_ARRAY_API not found",
        ),
        causes=("NumPy was updated alone, or an old package was added to the environment",),
        remedy=INSTALL,
    ),
    Entry(
        name="broken_library",
        scenario=Scenario.SOFTWARE,
        sentence="A compiled library cannot be loaded.",
        signs=(
            r"undefined symbol: \w+",
            r"cannot open shared object file",
            r"DLL load failed while importing",
            r"\[WinError (?:126|127|1114)\]",
            r"version `(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found",
            r"Library not loaded: ",
            r"Could not load this library",
        ),
        unless=r"torchaudio|torchcodec|lib(?:cu|nv)[a-zA-Z]*[-.\d]|libcudart|libcuda",
        causes=(
            "two packages of the environment were built for different versions of a third, often torch",
            "a library of the system is missing or too old",
        ),
        remedy=INSTALL + " If a library of the system is named, install that.",
    ),
    Entry(
        name="missing_package",
        scenario=Scenario.SOFTWARE,
        sentence="The Python package {package} is missing.",
        signs=(
            r"No module named '(?P<package>(?!acestep|torchcodec|sentencepiece|tiktoken|google)[\w.]+)'",
            r"The '(?P<package>[\w.-]+)[^']{0,40}' distribution was not found",
            r"requires `?(?P<package>accelerate|peft)\b.{0,40}pip install",
            r"No package metadata was found for (?P<package>[\w.-]+)",
        ),
        causes=(
            "it is not installed in the interpreter that runs the engine",
            "another environment than the studio's is active",
        ),
        remedy="Install {package} in the engine's environment, or make that anew: make models.",
    ),
    Entry(
        name="versions_do_not_fit",
        scenario=Scenario.SOFTWARE,
        sentence="Two packages of the environment do not fit each other.",
        signs=(
            r"cannot import name '\w+' from '(?!acestep)[\w.]+'",
            r"module '(?!acestep)[\w.]+' has no attribute '\w+'",
            r"\b[a-z][\w-]{0,60}[<>=]=?[\d.]{1,20}.{0,40} is required for a normal functioning of",
            r"requires PyTorch >= [\d.]+, but PyTorch was not found or an older version",
            r"but Transformers does not recognize this architecture",
            r"requires the latest version of `?[\w-]+",
        ),
        causes=(
            "one package was updated without those that build on it",
            "the model is newer than the library that is to load it",
        ),
        remedy=INSTALL,
        witnesses=(Witness.TORCH,),
    ),
    Entry(
        name="old_processor",
        scenario=Scenario.SOFTWARE,
        sentence="A library uses instructions that this processor has not.",
        signs=(r"signal SIGILL", r"Illegal instruction(?! was)"),
        causes=(
            "the library is built for newer processors",
            "a virtual machine hides the processor's abilities",
        ),
        remedy="Choose another engine, or a machine with a newer processor (AVX2).",
    ),
    Entry(
        name="stalled",
        scenario=Scenario.SOFTWARE,
        sentence="The engine did not answer.",
        signs=(r"did not start within \d+ s",),
        causes=("the machine is overloaded, or swaps", "an import or the graphics driver hangs"),
        remedy="Close other programs and try again; if it stays, restart the machine's graphics driver.",
        witnesses=(Witness.MEMORY, Witness.GPU),
    ),
    Entry(
        name="crashed",
        scenario=Scenario.SOFTWARE,
        reach=Reach.GENERAL,
        sentence="A library crashed, and took the engine's process with it.",
        signs=(
            r"signal SIG(?:SEGV|ABRT|FPE|TRAP)",
            r"Segmentation fault|core dumped|Fatal Python error",
            r"terminate called after throwing",
            r"ended in the middle of its work \(exit status \d+\)",
        ),
        unless=r"Illegal instruction|SIGILL|std::bad_alloc|Out(?: of |Of)Memory",
        causes=(
            "two compiled libraries of the environment do not fit each other",
            "the graphics driver failed",
            "memory is broken or was short",
        ),
        remedy="Try again: the engine is started afresh. If it happens again, "
        + INSTALL[0].lower()
        + INSTALL[1:],
        witnesses=(Witness.TORCH, Witness.MEMORY),
    ),
)
