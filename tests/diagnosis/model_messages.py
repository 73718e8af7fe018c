"""What libraries and this studio's checks print when a model does not load, or makes no song."""

from __future__ import annotations

from tests.diagnosis.tracebacks import traceback_of

TORCH_LOAD = (
    "_pickle.UnpicklingError: Weights only load failed. In PyTorch 2.6, we changed the default value of the "
    "`weights_only` argument in `torch.load` from `False` to `True`. Re-running `torch.load` with "
    "`weights_only` set to `False` will likely succeed, but it can result in arbitrary code execution. Do it "
    "only if you got the file from a trusted source.\n"
)

MODEL: dict[str, tuple[str, ...]] = {
    # The hub
    "gated_repository": (
        "OSError: facebook/x is a gated repository. Make sure to request access at "
        "https://huggingface.co/facebook/x",
        traceback_of(
            "huggingface_hub.errors.GatedRepoError: 401 Client Error. (Request ID: "
            "Root=1-66f4b037-1bf3)\n\nCannot "
            "access gated repo for url "
            "https://huggingface.co/black-forest-labs/FLUX.1-dev/resolve/main/ae.safetensors."
            "\nAccess to model black-forest-labs/FLUX.1-dev is restricted. You must have access to it and be "
            "authenticated to access it. Please log in."
        ),
        "OSError: You are trying to access a gated repo.\nMake sure to have access to it at "
        "https://huggingface.co/google/gemma-3-4b-pt.\n403 Client Error. (Request ID: "
        "Root=1-6824e511-0a1d)\n\nCannot "
        "access gated repo for url "
        "https://huggingface.co/google/gemma-3-4b-pt/resolve/main/config.json.\nAccess to "
        "model google/gemma-3-4b-pt is restricted and you are not in the authorized list.",
    ),
    "token_refused": (
        "huggingface_hub.errors.HfHubHTTPError: Invalid credentials in Authorization header",
        "huggingface_hub.errors.LocalTokenNotFoundError: Token is required (`token=True`), but no token "
        "found. You need to provide a token",
        "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: "
        "https://huggingface.co/api/whoami-v2",
        "huggingface_hub.errors.HfHubHTTPError: Invalid user token.",
        "huggingface_hub.errors.HfHubHTTPError: 403 Forbidden: You have read access but not the required "
        "permissions "
        "for this operation.",
    ),
    "no_such_repository": (
        "OSError: x/y is not a local folder or a valid repository name on 'https://hf.co'.",
        "huggingface_hub.errors.RevisionNotFoundError: 404 Client Error. Revision Not Found for url: "
        "https://huggingface.co/x",
        "huggingface_hub.errors.HFValidationError: Repo id must use alphanumeric chars, '-', '_' or '.'.",
        traceback_of(
            "huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. (Request ID: "
            "Root=1-6)\n\nRepository Not "
            "Found for url: https://huggingface.co/api/models/org/private-model/revision/main.\nPlease make "
            "sure you "
            "specified the correct `repo_id` and `repo_type`.\nIf you are trying to access a private or "
            "gated repo, "
            "make sure you are authenticated. For more details, see "
            "https://huggingface.co/docs/huggingface_hub"
        ),
        "OSError: nobody/none is not a local folder and is not a valid model identifier listed on "
        "'https://huggingface.co/models'",
    ),
    "offline": (
        "core.engines.audiocraft.surroundings.NoDownloadError: https://dl.fbaipublicfiles.com/955717e8.th "
        "is not on this machine, and nothing is downloaded unasked",
        "ValueError: When using the offline mode, you must specify a `weight_name`.",
        "LocalEntryNotFoundError: Cannot find an appropriate cached snapshot folder for the specified "
        "revision on the local disk",
        traceback_of(
            "huggingface_hub.errors.LocalEntryNotFoundError: Cannot find the requested files in the disk "
            "cache and "
            "outgoing traffic has been disabled. To enable hf.co look-ups and downloads online, set "
            "'local_files_only' to False."
        ),
        traceback_of(
            "OSError: We couldn't connect to 'https://huggingface.co' to load the files, and couldn't find "
            "them in the "
            "cached files.\nCheck your internet connection or see how to run the library in offline mode at "
            "'https://huggingface.co/docs/transformers/installation#offline-mode'."
        ),
        "huggingface_hub.errors.OfflineModeIsEnabled: Cannot reach https://huggingface.co/api/models/x: "
        "offline mode is "
        "enabled. To disable it, please unset the `HF_HUB_OFFLINE` environment variable.",
    ),
    "rate_limited": (
        "We had to rate limit your IP (10.0.0.1). To continue using our service, create a HF account.",
        "huggingface_hub.errors.HfHubHTTPError: 429 Client Error: Too Many Requests for url: "
        "https://huggingface.co/api/models/ACE-Step/acestep-v15-xl-turbo-diffusers",
    ),
    "download_damaged": (
        'RuntimeError: invalid hash value (expected "8726e21a", got "0f0f0f0f")',
        "huggingface_hub.errors.IncompleteSnapshotError: the snapshot is not complete",
        "OSError: Consistency check failed: file should be of size 4879 but has size 1024 "
        "(model.safetensors).",
        "demucs.repo.ModelLoadingError: Invalid checksum for file /m/955717e8-8726e21a.th, expected "
        "8726e21a but got "
        "0f0f0f0f",
        "requests.exceptions.ChunkedEncodingError: ('Connection broken: IncompleteRead(3 bytes read)')",
    ),
    "no_network": (
        "socket.gaierror: [Errno -2] Name or service not known",
        "socket.gaierror: [Errno 11001] getaddrinfo failed",
        "ConnectionResetError: [Errno 104] Connection reset by peer",
        "HTTPSConnectionPool(host='huggingface.co', port=443): Read timed out.",
        "OSError: [Errno 101] Network is unreachable",
        "OSError: [Errno 113] No route to host",
        "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: "
        "https://huggingface.co/x",
        "requests.exceptions.ConnectionError: (MaxRetryError(\"HTTPSConnectionPool(host='huggingface.co', "
        "port=443): "
        'Max retries exceeded with url: /api/models/x (Caused by NameResolutionError: Failed to resolve)")',
        "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
        "httpx.ReadTimeout: The read operation timed out",
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "self-signed "
        "certificate in certificate chain (_ssl.c:1007)",
    ),
    # The model's files
    "pickle_refused": (
        traceback_of(
            TORCH_LOAD + "\n\nTrying to load unsupported GLOBAL posix.system whose module posix is blocked."
        ),
        traceback_of(
            TORCH_LOAD
            + "\tWeightsUnpickler error: Unsupported global: GLOBAL omegaconf.dictconfig.DictConfig was not "
            "an allowed global by default. Please use `torch.serialization.add_safe_globals([DictConfig])`"
        ),
        "ValueError: Due to a serious vulnerability issue in `torch.load`, even with `weights_only=True`, "
        "we now require "
        "users to upgrade torch to at least v2.6 in order to use the function.",
        "The LoRA style.ckpt cannot be used: a pickle can run any program when it is opened.",
    ),
    "not_weights": (
        "SafetensorError: Error while deserializing header: invalid start character in header",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0f\nsize 4879",
        "NotSafetensorsError: it does not begin as a safetensors file does",
        traceback_of(
            "safetensors._safetensors_rust.SafetensorError: Error while deserializing header: header too "
            "large"
        ),
        "safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge",
        "SafetensorError: Error while deserializing header: invalid JSON in header: expected value at line "
        "1 column 1",
        "_pickle.UnpicklingError: invalid load key, 'v'.",
        "_pickle.UnpicklingError: invalid load key, '<'.",
        traceback_of(
            TORCH_LOAD
            + "Please file an issue with the following so that we can make `weights_only=True` compatible "
            "with your use case: WeightsUnpickler error: \n\nUnsupported operand 118"
        ),
    ),
    "truncated_weights": (
        "RuntimeError: unexpected EOF, expected 1024 more bytes. The file might be corrupted.",
        "_pickle.UnpicklingError: pickle data was truncated",
        "RuntimeError: storage has wrong byte size: expected 4096 got 1024",
        traceback_of(
            "safetensors._safetensors_rust.SafetensorError: Error while deserializing header: incomplete "
            "metadata, "
            "file not fully covered"
        ),
        "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
        "SafetensorError: Error while deserializing header: header too small",
        "RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory",
        "NotSafetensorsError: it has 1,024 bytes where its header promises 4,879",
        "EOFError: Ran out of input",
    ),
    "weights_not_numbers": (
        "ACE-Step's weights in broken hold values that are not numbers "
        "(transformer.layers.0.attn.to_q.weight).",
    ),
    "empty_tokenizer": ("EngineError: it knows no words, so every prompt would be lost",),
    "remote_code": (
        "ValueError: The repository Mar2Ding/songcomposer_sft contains custom code which must be executed "
        "to correctly "
        "load the model. You can inspect the repository content at https://hf.co/Mar2Ding/songcomposer_sft "
        ".\n You can "
        "inspect the repository content at https://hf.co/Mar2Ding/songcomposer_sft.\nPlease pass the "
        "argument "
        "`trust_remote_code=True` to allow custom code to be run.",
        "ValueError: Loading internlm/x requires you to execute the configuration file in that repo on your "
        "local "
        "machine. Make sure you have read the code there to avoid malicious use, then set the option "
        "`trust_remote_code=True` to remove this error.",
    ),
    "lora_of_another_model": (
        "Loading adapter weights from state_dict led to unexpected keys not found in the model: ['x.lora_A']",
        "No LoRA keys associated to AceStepTransformer1DModel found with the prefix='transformer'. This is "
        "safe to ignore if",
        "peft.utils.error.NoMatchingPeftModuleError: Target modules {'q'} not found in the base model. "
        "Please check the "
        "target modules and try again.",
        "The LoRA style.safetensors cannot be used: it was made for another model (12 of its 40 layers fit "
        "nothing in "
        "this one).",
    ),
    "wrong_model": (
        'ValueError: Trying to set a tensor of shape torch.Size([4, 2]) in "weight" (which has shape '
        "torch.Size([3, 2])), this looks incorrect.",
        "ValueError: Unrecognized configuration class <class 'T5Config'> for this kind of AutoModel: "
        "AutoModelForCausalLM.",
        "The weights in ace do not fit their configuration.",
        "The checkpoint ace holds a model of the kind StableAudioPipeline, not AceStepPipeline.",
        traceback_of(
            "RuntimeError: Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "
            '"bias". \n\tsize '
            "mismatch for weight: copying a param with shape torch.Size([4, 2]) from checkpoint, the shape "
            "in current "
            "model is torch.Size([3, 2])."
        ),
        "ValueError: Cannot load /m/transformer because proj_in.1.weight expected shape torch.Size([32, 24, "
        "2]), but got "
        "torch.Size([48, 24, 2]). If you want to instead overwrite randomly initialized weights",
        "ValueError: Unrecognized model in /m/x. Should have a `model_type` key in its config.json.",
    ),
    "missing_tensors": (
        "RuntimeError: Tensor on device cpu is not on the expected device meta!",
        "EngineError: 3 tensors are missing, such as vae.decoder.conv1.weight_g",
        traceback_of("NotImplementedError: Cannot copy out of meta tensor; no data!"),
        "Some weights of MusicgenForConditionalGeneration were not initialized from the model checkpoint at "
        "/m and are "
        "newly initialized: ['decoder.lm_heads.0.weight']",
    ),
    "broken_configuration": (
        "The config.json of MusicGen in broken cannot be read.",
        "The config.json in broken describes no MusicGen that can be built.",
        "OSError: It looks like the config file at '/m/config.json' is not a valid JSON file.",
        "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
    ),
    "separator_missing": (
        "/m/htdemucs must exist and be a directory.\nSystemExit: 1",
        "demucs.repo.ModelLoadingError: Could not find a pre-trained model with signature 955717e8.",
        "demucs.repo.ModelLoadingError: htdemuc is neither a single pre-trained model or a bag of models.",
    ),
    "missing_files": (
        "There is no checkpoint folder ace.",
        traceback_of(
            "OSError: Error no file named config.json found in directory /u/ace-step/music_dcae_f8c8."
        ),
        "OSError: facebook/x does not appear to have a file named pytorch_model.bin or model.safetensors.",
        "The checkpoint ace lacks transformer/diffusion_pytorch_model.safetensors.",
        "FileNotFoundError: [Errno 2] No such file or directory: '/m/955717e8.th'",
    ),
    "cannot_load": (
        "OSError: Can't load tokenizer for 'gpt2'. If you were trying to load it from "
        "'https://huggingface.co/models', "
        "make sure you don't have a local directory with the same name.",
        traceback_of("FileNotFoundError: [Errno 2] No such file or directory: '/nowhere'"),
    ),
    # Silence and other things that are no song
    "half_precision": (
        "NansException: A tensor with all NaNs was produced in VAE. This could be because the weights are "
        "in fp16",
        "RuntimeError: Generation produced NaN or Inf latents (shape=[1, 375, 64], dtype=torch.float16, "
        "device=cuda:0, "
        "nan=24000, inf=0). Common causes and fixes:",
        "check finite: Every sample of clip_1 is not a valid number (480000 NaN; limit 0).\n"
        "made in float16 on cuda",
        "Loading DiT in fp16\n2026-07-02 | INFO | Peak=nan before normalisation",
    ),
    "not_numbers": (
        "RuntimeError: Generation produced NaN or Inf latents (shape=[1, 4500, 64], dtype=torch.bfloat16, "
        "device=cuda:0, nan=288000, inf=0).\nCommon causes and fixes:\n  5. Float16 overflow on pre-Ampere "
        "GPU — set ACESTEP_DTYPE=float32.",
        "RuntimeError: Generation produced NaN or Inf latents. This usually indicates a checkpoint/config "
        "mismatch or unsupported quantization/backend combination.",
        "INFO | Peak=nan before normalisation",
        "ValueError: the audio contains NaN",
        traceback_of("RuntimeError: probability tensor contains either `inf`, `nan` or element < 0"),
        "ValueError: Expected parameter probs (Tensor of shape (2,)) of distribution Categorical(probs: "
        "torch.Size([2])) "
        "to satisfy the constraint Simplex(), but found invalid values:\ntensor([nan, nan])",
        "    FAIL finite [clip_1]: Every sample of clip_1 is not a valid number (480000 NaN; limit 0).",
        "MusicGen computed values that are not numbers at step 3.",
    ),
    "nan_written_as_pcm": (
        "app.py:88: RuntimeWarning: invalid value encountered in cast",
        "    FAIL not_stuck [song.wav]: Channel 1 stands still at -1.0000 for 30.00 s, 100% of the sound "
        "(limit 0.5 s).",
    ),
    "lifted_noise": (
        "    FAIL level_before_normalising [clip_1]: Before the engine normalised it, clip_1 peaked at "
        "-92.4 dBFS (warns "
        "at -40, fails at -60): what is audible is amplified noise.",
    ),
    "silence": (
        "RuntimeError: Generation produced zero latents. This usually indicates a checkpoint/config "
        "mismatch or unsupported setup.",
        "The generated audio is completely silent.",
        "WARNING | near-silent output was produced",
        "    FAIL not_silent [clip_1]: clip_1 is silent: every sample is zero (limit -90).",
        "check near_silent: clip_1 is next to silent: -81.2 LUFS at its loudest (limit -70).",
        "ACE-Step's decoder made digital silence: every sample is zero.",
        "ERROR:app:Error generating audio: 'NoneType'. Returning silence.",
        "Generation failed, returning zeros of shape (2, 1440000)",
    ),
    "stopped_early": (
        "    FAIL silent_tail [clip_1]: Silent from 0:12.0 on: 18.0 s, 60% of its length (warns over 4 s).",
    ),
    "broken_up": ("    warn gaps [clip_1]: 31 gaps of digital silence, the longest 0.21 s (limit 0.1 s).",),
    "noise": ("    FAIL not_noise [clip_1]: Flat as noise: spectral flatness 0.61 (limit 0.4).",),
    "not_sound": (
        "Fake engine (out) did not return sound: its samples are integers (int16).",
        "ACE-Step 1 (clip_1) did not return sound: it returned a str (/tmp/outputs/output_1.wav).",
        "TypeError: ufunc 'isfinite' not supported for the input types, and the inputs could not be safely "
        "coerced",
        "soundfile.LibsndfileError: Error opening 'output_1.wav': Format not recognised.",
    ),
    "wrong_rate": ("    FAIL rate [clip_1]: 44100 Hz, 32000 Hz promised.",),
    "lyrics_missing": (
        "Traceback (most recent call last):\n"
        '  File "/v/diffusers/pipelines/ace_step/pipeline_ace_step.py", line 463, in encode_prompt\n'
        "    lyrics=lyrics[i],\n           ~~~~~~^^^\nTypeError: 'NoneType' object is not subscriptable\n",
    ),
    "top_k_too_large": (traceback_of("RuntimeError: selected index k out of range"),),
    "wrong_length": ("    FAIL length [clip_1]: 60.00 s, 0.00 s promised (tolerance 0.10 s).",),
}
"""By the entry that is to recognise it."""
