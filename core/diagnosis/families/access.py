"""What the system refuses: files, folders, space, devices."""

from core.diagnosis.entry import Entry, Scenario, Witness

ENTRIES = (
    Entry(
        name="disk_full",
        scenario=Scenario.REFUSED,
        sentence="The disk is full.",
        signs=(
            r"No space left on device",
            r"\[Errno 28\]",
            r"Disk quota exceeded",
            r"There is not enough space on the disk",
            r"Not enough free disk space to download",
            r"Workload evicted, storage limit exceeded",
        ),
        causes=(
            "models and earlier songs take the space",
            "the temporary folder lies on a small disk",
            "the container's or the account's quota is used up",
        ),
        remedy="Free some space: delete songs in the library and models that are not used, or set "
        "GAINSTAGE_HOME, GAINSTAGE_MODELS, HF_HOME and TMPDIR to folders on a larger disk.",
        witnesses=(Witness.DISK,),
    ),
    Entry(
        name="read_only",
        scenario=Scenario.REFUSED,
        sentence="A file was to be written on a file system that is read-only.",
        signs=(r"Read-only file system", r"\[Errno 30\]"),
        causes=(
            "the container or the platform gives no place to write there",
            "a disk error made the system mount it so",
        ),
        remedy="Set GAINSTAGE_HOME, HF_HOME and TMPDIR to folders that can be written, such as a mounted "
        "volume.",
        witnesses=(Witness.DISK,),
    ),
    Entry(
        name="gpu_not_permitted",
        scenario=Scenario.REFUSED,
        sentence="This user may not open the graphics processor.",
        signs=(
            r"Permission denied.{0,40}/dev/(?:nvidia|kfd|dri)",
            r"/dev/(?:nvidia\w*|kfd|dri/\w+).{0,40}Permission denied",
            r"Unable to open /dev/kfd read-write",
            r"Failed to initialize NVML: Insufficient Permissions",
            r"CUDA_ERROR_NOT_PERMITTED|CUDA error: operation not permitted",
        ),
        causes=(
            "the user is not in the groups that may use it (video, render)",
            "the container was started without the device",
        ),
        remedy="Add the user to the groups video and render, or start the container with --gpus all "
        "(NVIDIA) or --device /dev/kfd --device /dev/dri (AMD).",
        witnesses=(Witness.GPU,),
    ),
    Entry(
        name="cache_not_writable",
        scenario=Scenario.REFUSED,
        sentence="The models' cache cannot be written.",
        signs=(
            r"(?:Permission denied|Operation not permitted).{0,20}['\"][^'\"\n]{0,300}"
            r"(?:huggingface|[/\\]\.cache|torch[/\\]hub)",
            r"problem when trying to write in your cache folder",
            r"PermissionError at .{1,300} when downloading",
        ),
        causes=(
            "the cache belongs to another user: it was filled as root, or in another container",
            "the home folder of a container's user does not exist or is not theirs",
        ),
        remedy="Set HF_HOME to a folder that you may write to, or give the cache back to yourself: "
        "chown -R $(id -u) ~/.cache/huggingface.",
        witnesses=(Witness.DISK,),
    ),
    Entry(
        name="numba_cache",
        scenario=Scenario.REFUSED,
        sentence="Compiled code cannot be cached, because its folder is not writable.",
        signs=(r"cannot cache function .{1,200}: no locator available",),
        causes=("the package lies in a folder of another user", "the home folder cannot be written"),
        remedy="Set NUMBA_CACHE_DIR to a folder that you may write to.",
    ),
    Entry(
        name="permission_denied",
        scenario=Scenario.REFUSED,
        sentence="The system refused access to a file.",
        signs=(r"Permission denied", r"\[Errno 13\]", r"\[Errno 1\] Operation not permitted"),
        unless=r"/dev/(?:nvidia|kfd|dri)|NVML|huggingface|[/\\]\.cache|torch[/\\]hub",
        causes=(
            "the file or folder belongs to another user",
            "in a container: the volume is mounted for another user",
        ),
        remedy="Give this user the right to it (chown, chmod), or name another folder that is yours.",
    ),
    Entry(
        name="too_many_files",
        scenario=Scenario.REFUSED,
        sentence="The process may open no more files.",
        signs=(r"Too many open files", r"\[Errno 24\]"),
        causes=("the system's limit of open files is low", "a model in many parts is open several times"),
        remedy="Raise the limit: ulimit -n 4096, or LimitNOFILE of the service, and start again.",
    ),
)
