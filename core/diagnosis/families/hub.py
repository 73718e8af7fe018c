"""The model hub and the network on the way to it."""

from core.diagnosis.entry import Entry, Scenario, Witness

ENTRIES = (
    Entry(
        name="gated_repository",
        scenario=Scenario.NOT_LOADED,
        sentence="The model's authors give it only to those who asked for it.",
        signs=(
            r"Cannot access gated repo",
            r"You are trying to access a gated repo",
            r"is a gated repository",
            r"Access to model .{1,120} is restricted",
            r"GatedRepoError",
        ),
        causes=(
            "nobody accepted its terms at the hub with this account",
            "no token is given, or it lacks the right to read gated models",
        ),
        remedy="Accept the terms on the model's page, then log in: hf auth login, or set HF_TOKEN.",
    ),
    Entry(
        name="token_refused",
        scenario=Scenario.NOT_LOADED,
        sentence="The hub refused the access token.",
        signs=(
            r"Invalid user token",
            r"Invalid credentials in Authorization header",
            r"Token is required.{0,60}but no token found|LocalTokenNotFoundError",
            r"40[13] (?:Client Error: )?(?:Unauthorized|Forbidden)(?: for url)?",
        ),
        unless=r"gated|restricted|Repository Not Found",
        causes=("the token is misspelt, expired or was revoked", "it may not read this repository"),
        remedy="Make a new token with the right to read at the hub, and give it with hf auth login or "
        "HF_TOKEN.",
    ),
    Entry(
        name="no_such_repository",
        scenario=Scenario.NOT_LOADED,
        sentence="The hub knows no such model, or shows it to others only.",
        signs=(
            r"Repository Not Found for url",
            r"is not a local folder and is not a valid model identifier",
            r"is not a local folder or a valid repository name",
            r"RepositoryNotFoundError|RevisionNotFoundError|Revision Not Found for url",
            r"Repo id must (?:be in the form|use alphanumeric)",
        ),
        causes=(
            "the name is misspelt",
            "the repository is private, and no token was given",
            "a path was meant, and no folder is there",
        ),
        remedy="Check the name on the hub; for a private model log in with hf auth login; for a folder, "
        "name one "
        "that exists.",
    ),
    Entry(
        name="offline",
        scenario=Scenario.NOT_LOADED,
        sentence="The model is not on this machine, and nothing is downloaded unasked.",
        signs=(
            r"outgoing traffic has been disabled",
            r"We couldn't connect to '?https?://\S+'? to load (?:the|this) files?",
            r"offline mode is enabled|OfflineModeIsEnabled",
            r"is not on this machine, and nothing is downloaded unasked|NoDownloadError",
            r"specify a `weight_name`",
            r"Cannot find an appropriate cached snapshot folder",
        ),
        causes=(
            "its weights were never downloaded, or lie elsewhere",
            "part of the model, such as its text encoder, is a download of its own",
        ),
        remedy="Download the model first, into a folder that GAINSTAGE_MODELS names or into the hub's cache.",
        witnesses=(Witness.PLACE,),
    ),
    Entry(
        name="rate_limited",
        scenario=Scenario.NOT_LOADED,
        sentence="The hub asks for patience: too many requests.",
        signs=(r"429 (?:Client Error: )?Too Many Requests", r"We had to rate limit you"),
        causes=("many downloads came from this address", "no token was given: limits are lower without one"),
        remedy="Wait some minutes and try again; log in with hf auth login for a higher limit.",
    ),
    Entry(
        name="download_damaged",
        scenario=Scenario.NOT_LOADED,
        sentence="What was downloaded is not what was sent.",
        signs=(
            r"Consistency check failed: file should be of size",
            r"Invalid checksum for file",
            r"invalid hash value \(expected",
            r"IncompleteRead\(|ChunkedEncodingError|IncompleteSnapshotError",
        ),
        causes=("the connection broke off", "a proxy on the way changed the file"),
        remedy="Download it again; delete the unfinished file first.",
        witnesses=(Witness.DISK,),
    ),
    Entry(
        name="no_network",
        scenario=Scenario.NOT_LOADED,
        sentence="The network, or the server, cannot be reached.",
        signs=(
            r"Max retries exceeded with url",
            r"Temporary failure in name resolution|Name or service not known|NameResolutionError|"
            r"getaddrinfo failed",
            r"Connection (?:reset by peer|refused|timed out|aborted)",
            r"(?:Connect|Read)Timeout(?:Error)?\b|Read timed out",
            r"Network is unreachable|No route to host",
            r"CERTIFICATE_VERIFY_FAILED",
            r"urlopen error",
            r"50[0234] (?:Server Error|Service Unavailable|Bad Gateway|Gateway)",
        ),
        causes=(
            "this machine has no way to the internet, or needs a proxy",
            "the server is down",
            "a company's network changes certificates on the way",
        ),
        remedy="Check the connection and HTTPS_PROXY, or download the model on another machine and name its "
        "folder.",
    ),
    Entry(
        name="space_token",
        scenario=Scenario.REFUSED,
        sentence="The Space does not open with this token.",
        signs=(r"The Space refused the token of \w+", r"Expired ZeroGPU proxy token"),
        causes=(
            "the token is misspelt, expired or of another account",
            "the Space is private, and no token was given",
        ),
        remedy="Put a token that may read the Space into GAINSTAGE_SPACE_TOKEN.",
    ),
    Entry(
        name="space_unanswered",
        scenario=Scenario.NOT_LOADED,
        sentence="The Space does not answer.",
        signs=(r"The Space \S+ does not answer",),
        causes=(
            "its name in GAINSTAGE_SPACE is misspelt, or it is private and no token was given",
            "it was paused, or failed while it started: its page tells",
            "this machine has no way to it",
        ),
        remedy="Open its page in a browser, and correct GAINSTAGE_SPACE; then try again.",
    ),
)
