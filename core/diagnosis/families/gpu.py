"""No graphics processor was given: by the platform, by the driver, by a setting, by the installed torch."""

from core.diagnosis.entry import Entry, Scenario, Witness

OWN_GPU = "Choose a Docker Space, or a machine, with a GPU of its own."

ENTRIES = (
    Entry(
        name="zero_gpu_quota",
        scenario=Scenario.NO_GPU,
        sentence="The share of ZeroGPU's time that this visitor has is used up.",
        signs=(
            r"exceeded your (?:\w+ )?(?:Zero)?GPU (?:quota|runs limit)",
            r"ZeroGPU quota exceeded",
            r"ZeroGPU illegal duration",
            r"\d+s requested vs\. \d+s left|\d+s left vs\. \d+s requested",
            r"Space app has reached its GPU limit",
            r"too many ZeroGPU credits allocated to running tasks",
            r"requested GPU duration \(\d+s\) is larger than the maximum allowed",
        ),
        causes=(
            "each account has some minutes a day, and visitors without one have fewer",
            "the function asks for more seconds than are left, whatever it then takes",
        ),
        remedy="Wait until the quota is full again, log in (in a studio: GAINSTAGE_SPACE_TOKEN), or ask for "
        "fewer seconds. " + OWN_GPU,
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="zero_gpu_busy",
        scenario=Scenario.NO_GPU,
        sentence="ZeroGPU had no processor free.",
        signs=(r"No GPU was available",),
        causes=("many Spaces ask at once",),
        remedy="Try again in a minute. " + OWN_GPU,
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="zero_gpu_aborted",
        scenario=Scenario.NO_GPU,
        sentence="ZeroGPU took its processor back before the song was done.",
        signs=(r"GPU task aborted", r"ZeroGPU worker error"),
        causes=(
            "the work took longer than the function had asked for (60 s by default)",
            "loading the model took the time that was meant for the song",
            "the work failed inside: the Space's log says how",
        ),
        remedy="Make a shorter song, or ask for more time: @spaces.GPU(duration=120). " + OWN_GPU,
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="zero_gpu_misused",
        scenario=Scenario.NO_GPU,
        sentence="The program does not ask ZeroGPU for its processor as it has to.",
        signs=(
            r"CUDA must not be initialized in the main process",
            r"No @spaces\.GPU function detected during startup",
            r"Low-level CUDA init reached",
            r"CUDA has been initialized before importing the `spaces` package",
        ),
        causes=(
            "the graphics processor is used outside a function marked @spaces.GPU",
            "the program is no Gradio program: ZeroGPU lends its processor to no other",
        ),
        remedy=OWN_GPU + " ZeroGPU cannot serve a Streamlit program.",
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="driver_too_old",
        scenario=Scenario.NO_GPU,
        sentence="The NVIDIA driver is too old for the installed torch.",
        signs=(
            r"NVIDIA driver on your system is too old",
            r"CUDA driver version is insufficient for CUDA runtime version",
            r"forward compatibility was attempted on non supported HW",
            r"unsatisfied condition: cuda>=",
            r"the provided PTX was compiled with an unsupported toolchain",
        ),
        causes=(
            "torch was updated, the driver was not",
            "the container's CUDA is newer than the host's driver",
        ),
        remedy="Update the NVIDIA driver on the host, or install a torch that is built for an older CUDA.",
        witnesses=(Witness.GPU, Witness.TORCH),
    ),
    Entry(
        name="driver_out_of_step",
        scenario=Scenario.NO_GPU,
        sentence="The NVIDIA driver was updated, and the one that runs is still the old.",
        signs=(r"Driver/library version mismatch",),
        causes=("the system updated the driver since it was started",),
        remedy="Restart the machine.",
        witnesses=(Witness.GPU,),
    ),
    Entry(
        name="driver_missing",
        scenario=Scenario.NO_GPU,
        sentence="There is no NVIDIA driver here.",
        signs=(
            r"Found no NVIDIA driver on your system",
            r"couldn't communicate with the NVIDIA driver",
            r"libcuda\.so(?:\.1)?: cannot open shared object file",
            r"nvidia-smi: (?:command )?not found",
            r"NVML Shared Library Not Found|NVMLError_LibraryNotFound",
        ),
        causes=(
            "the machine has no NVIDIA card, or the hardware was chosen without one",
            "the driver is not installed, or its module does not run",
            "the container was started without the graphics processor",
        ),
        remedy="On a Space or a rented machine, choose hardware with a GPU; in a container, start it with "
        "--gpus all; "
        "else install the NVIDIA driver. Without a GPU, choose the built-in band or MusicGen.",
        witnesses=(Witness.GPU, Witness.PLACE),
    ),
    Entry(
        name="container_without_gpu",
        scenario=Scenario.NO_GPU,
        sentence="The container was not given the graphics processor.",
        signs=(
            r"could not select device driver .{0,20}with capabilities: \[\[gpu\]\]",
            r"Failed to initialize NVML: Unknown Error",
            r"nvidia-container-cli: (?!requirement error)",
            r"unknown or invalid runtime name: nvidia",
        ),
        causes=(
            "the NVIDIA container toolkit is not installed or not set up on the host",
            "the host's services were reloaded, and the container lost the device",
        ),
        remedy="Install the NVIDIA container toolkit on the host, then start the container anew with --gpus "
        "all.",
        witnesses=(Witness.GPU, Witness.PLACE),
    ),
    Entry(
        name="no_gpu_visible",
        scenario=Scenario.NO_GPU,
        sentence="torch sees no graphics processor.",
        signs=(
            r"No CUDA GPUs are available",
            r"no CUDA-capable device is detected|CUDA_ERROR_NO_DEVICE",
            r"Attempting to deserialize object on a CUDA device but torch\.cuda\.is_available\(\) is False",
            r"No HIP GPUs are available|hipErrorNoDevice",
        ),
        causes=(
            "the machine or the Space was started without one",
            "CUDA_VISIBLE_DEVICES hides it",
            "the driver lost the card",
        ),
        remedy="Choose hardware with a GPU, remove CUDA_VISIBLE_DEVICES, or choose an engine that runs on "
        "the processor: "
        "the built-in band or MusicGen.",
        witnesses=(Witness.GPU, Witness.PLACE),
    ),
    Entry(
        name="no_such_gpu",
        scenario=Scenario.NO_GPU,
        sentence="A graphics processor was asked for by a number that there is not.",
        signs=(r"invalid device ordinal", r"Attempting to deserialize object on CUDA device \d+ but"),
        causes=("the machine has fewer than the setting says", "CUDA_VISIBLE_DEVICES leaves fewer"),
        remedy="Take the first, cuda:0, and set CUDA_VISIBLE_DEVICES to those that there are.",
        witnesses=(Witness.GPU,),
    ),
    Entry(
        name="torch_without_cuda",
        scenario=Scenario.NO_GPU,
        sentence="The installed torch is built without CUDA and cannot use a graphics processor.",
        signs=(
            r"Torch not compiled with CUDA enabled",
            r"Cannot access accelerator device when none is available",
            r"Could not run '\S+' with arguments from the 'CUDA' backend",
        ),
        causes=(
            "the processor-only build was installed, as pip does on Windows and macOS",
            "the program asks for cuda without looking whether there is one",
        ),
        remedy="Install torch with CUDA from its own index (https://pytorch.org/get-started), or let the "
        "engine run on "
        "the processor.",
        witnesses=(Witness.TORCH, Witness.GPU),
    ),
)
