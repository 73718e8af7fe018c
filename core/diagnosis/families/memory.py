"""Memory that ran out: of the graphics processor, of the machine, of the container."""

from core.diagnosis.entry import Entry, Scenario, Witness

LESS = "Make a shorter song or fewer clips at once, close what else uses the memory, "

ENTRIES = (
    Entry(
        name="cuda_out_of_memory",
        scenario=Scenario.MEMORY,
        sentence="The graphics processor's memory ran out.",
        signs=(
            r"CUDA out of memory",
            r"CUDA error: out of memory",
            r"CUDA_ERROR_OUT_OF_MEMORY",
            r"CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED",
        ),
        causes=(
            "the song is too long, or the model too large, for this card",
            "another program, or another engine, holds the card's memory",
            "the memory is in pieces after many songs",
        ),
        remedy=LESS + "or choose a smaller model. Unloading the engine frees what it holds.",
        witnesses=(Witness.GPU,),
    ),
    Entry(
        name="hip_out_of_memory",
        scenario=Scenario.MEMORY,
        sentence="The AMD graphics processor's memory ran out.",
        signs=(r"HIP out of memory", r"hipErrorOutOfMemory|HIP error: out of memory"),
        causes=(
            "the song is too long, or the model too large, for this card",
            "an integrated processor was given little memory by the firmware",
        ),
        remedy=LESS + "or choose a smaller model.",
    ),
    Entry(
        name="mps_out_of_memory",
        scenario=Scenario.MEMORY,
        sentence="The memory that Apple's graphics processor may use ran out.",
        signs=(r"MPS backend out of memory",),
        causes=("the model and the song together are too large", "other programs hold the shared memory"),
        remedy=LESS + "or choose a smaller model. Leave PYTORCH_MPS_HIGH_WATERMARK_RATIO alone: without a "
        "limit the whole Mac may stop.",
        witnesses=(Witness.MEMORY,),
    ),
    Entry(
        name="killed_for_memory",
        scenario=Scenario.MEMORY,
        sentence="The system ended the process, as it does when memory runs out.",
        signs=(
            r"signal SIGKILL|died with <Signals\.SIGKILL",
            r"signal 9\b|exit(?:ed with)? (?:code|status) (?:137|-9)\b|returncode=-9\b",
            r"Out of memory: Killed process \d+",
            r"\boom-kill:|OOMKilled|Memory cgroup out of memory",
            r"^Killed$|: line \d+:\s+\d+ Killed\b",
            r"gone over its resource limits",
        ),
        causes=(
            "the container's or the machine's main memory ran out, and the system chose this process",
            "somebody ended it by hand",
        ),
        remedy="Give the machine or the container more memory, close other programs, make a shorter song, or "
        "choose a smaller model; the built-in band needs the least.",
        witnesses=(Witness.MEMORY,),
    ),
    Entry(
        name="shared_memory",
        scenario=Scenario.MEMORY,
        sentence="The container's shared memory is too small.",
        signs=(
            r"signal SIGBUS",
            r"insufficient shared memory \(shm\)",
            r"unable to (?:open|write to|mmap .{1,60} from) (?:shared memory object|file </torch_)",
        ),
        causes=("a container has 64 MB of it by default", "a mapped file was cut off"),
        remedy="Start the container with --shm-size=1g or more.",
    ),
    Entry(
        name="out_of_memory",
        scenario=Scenario.MEMORY,
        sentence="The machine's main memory ran out.",
        signs=(
            r"\b_?(?:Array)?MemoryError\b",
            r"DefaultCPUAllocator: (?:can't|not enough|cannot)",
            r"Unable to allocate .{1,40} for an array",
            r"Cannot allocate memory|\[Errno 12\]",
            r"std::bad_alloc",
            r"could not create a (?:primitive|memory object)",
            r"The paging file is too small",
        ),
        unless=r"CUDA out of memory|HIP out of memory|MPS backend",
        causes=(
            "the model or the song is too large for the memory that is free",
            "the container's limit is lower than the machine's memory",
            "other programs hold it",
        ),
        remedy=LESS + "or choose a smaller model.",
        witnesses=(Witness.MEMORY,),
    ),
)
