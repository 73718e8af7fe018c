"""A graphics processor is there, and computing on it fails."""

from core.diagnosis.entry import Entry, Scenario, Witness

ENTRIES = (
    Entry(
        name="card_not_supported",
        scenario=Scenario.REFUSED,
        sentence="The installed torch holds no code for this graphics card.",
        signs=(
            r"no kernel image is available for execution",
            r"with CUDA capability sm_\d+ is not compatible with the current PyTorch",
            r"CUDA error: device kernel image is invalid",
        ),
        unless=r"HIP error",
        causes=(
            "the card is newer than this torch",
            "the card is older than this torch still serves (compute capability below 7.5 for CUDA 13)",
        ),
        remedy="Install a torch built for the card: a newer CUDA for a new one, CUDA 12.6 for an old one "
        "(https://pytorch.org/get-started).",
        witnesses=(Witness.GPU, Witness.TORCH),
    ),
    Entry(
        name="amd_card_not_supported",
        scenario=Scenario.REFUSED,
        sentence="The installed ROCm holds no code for this AMD card.",
        signs=(
            r"HIP error: invalid device function",
            r"hipErrorNoBinaryForGpu|hipErrorInvalidDeviceFunction",
            r"HIP error: no kernel image",
            r"Cannot read .{0,200}TensileLibrary",
        ),
        causes=(
            "the card is not on the list that this ROCm is built for",
            "ROCm and torch are of different versions",
        ),
        remedy="Install a torch built for a ROCm that names the card. Where a close relative is named, "
        "HSA_OVERRIDE_GFX_VERSION (10.3.0 for RDNA 2, 11.0.0 for RDNA 3) often helps.",
        witnesses=(Witness.TORCH,),
    ),
    Entry(
        name="cuda_library_missing",
        scenario=Scenario.REFUSED,
        sentence="A library of CUDA that torch needs is missing.",
        signs=(
            r"lib(?:cudart|cublas(?:Lt)?|cudnn\w*|cufft|curand|cusparse(?:Lt)?|cusolver|nccl|nvrtc|"
            r"nvJitLink|cupti)"
            r"[-.\d\w]*\.so[.\d]*: (?:cannot open shared object file|undefined symbol)",
            r"Could not load library lib(?:cudnn|cublas|nvrtc)",
            r"Unable to load any of \{libcudnn",
        ),
        causes=(
            "torch was installed without the nvidia packages that belong to it",
            "LD_LIBRARY_PATH leads to another CUDA",
        ),
        remedy="Reinstall torch with all it depends on (pip install --force-reinstall torch), and unset "
        "LD_LIBRARY_PATH.",
        witnesses=(Witness.TORCH,),
    ),
    Entry(
        name="cuda_failed",
        scenario=Scenario.REFUSED,
        sentence="The graphics processor failed in the middle of its work.",
        signs=(
            r"an illegal memory access was encountered",
            r"device-side assert triggered",
            r"unspecified launch failure|misaligned address|illegal instruction was encountered",
            r"CUBLAS_STATUS_(?:NOT_INITIALIZED|EXECUTION_FAILED|INTERNAL_ERROR|INVALID_VALUE|NOT_SUPPORTED)",
            r"CUDNN_STATUS_(?:NOT_INITIALIZED|EXECUTION_FAILED|INTERNAL_ERROR|MAPPING_ERROR|NOT_SUPPORTED)",
            r"uncorrectable (?:NVLink|ECC) error",
            r"CUDA error: (?:unknown error|the launch timed out)",
            r"Memory access fault by GPU node|HSA_STATUS_ERROR",
        ),
        causes=(
            "an input is outside what the model takes, such as a token beyond its vocabulary",
            "the card's memory is nearly full, and a library failed without saying so",
            "driver, CUDA and torch do not fit, or the card is faulty",
        ),
        remedy="Try again: the engine starts afresh, for the card's state is lost. If it stays, set "
        "CUDA_LAUNCH_BLOCKING=1, which names the place, make a shorter song, and update the driver.",
        witnesses=(Witness.GPU, Witness.TORCH),
    ),
    Entry(
        name="apple_not_supported",
        scenario=Scenario.REFUSED,
        sentence="Apple's graphics processor cannot do a step of this model.",
        signs=(
            r"not (?:supported at|currently implemented for) the MPS device",
            r"(?:MPS does(?:n't| not) support|not supported (?:by|on) (?:the )?MPS)",
            r"MPS framework doesn't support float64",
            r"failed assertion.{0,200}MPS",
        ),
        causes=("torch for this Mac lacks the operation", "the model was written for CUDA"),
        remedy="Set PYTORCH_ENABLE_MPS_FALLBACK=1, which computes that step on the processor, or update "
        "torch and macOS.",
        witnesses=(Witness.TORCH,),
    ),
    Entry(
        name="mixed_formats",
        scenario=Scenario.REFUSED,
        sentence="Parts of the model compute in different number formats, or on different devices.",
        signs=(
            r"expected scalar type \w+ but found \w+",
            r"expected m1 and m2 to have the same dtype",
            r"mat1 and mat2 must have the same dtype",
            r"Input type \(.{1,60}\) and (?:weight|bias) type \(.{1,60}\) should be the same",
            r"Expected all tensors to be on the same device",
            r"\"\w+\" not implemented for '(?:Half|BFloat16)'",
        ),
        causes=(
            "half precision was asked for where a part has none, as on a processor",
            "offloading left a part behind on another device",
        ),
        remedy="Set the engine's precision to float32 and load it again.",
    ),
)
