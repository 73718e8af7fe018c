"""Memory as the kernel and control groups tell it: limits on the way, and pages that are only cached."""

from __future__ import annotations

import pytest

from core.contract import Severity
from core.facts import main_memory
from core.machine.resources import Memory, groups, memory, memory_kills

MEMINFO = "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n"


@pytest.fixture
def machine(tmp_path):
    """Write control groups; ``own`` is what the kernel says of this process."""
    (tmp_path / "meminfo").write_text(MEMINFO)

    def look(files, own="0::/\n"):
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(text))
        return memory(tmp_path / "cgroup", tmp_path / "meminfo", tmp_path / "own")

    return look


def test_files_that_were_read_do_not_count_as_used(machine):
    stat = "anon 100000000\nactive_file 1000000000\ninactive_file 2000000000\nshmem 5\n"
    told = machine({"memory.max": 4_000_000_000, "memory.current": 3_900_000_000, "memory.stat": stat})
    assert (told.available, told.limit) == (3_100_000_000, 4_000_000_000)


def test_the_first_version_counts_its_own_way(machine):
    told = machine(
        {
            "memory/memory.limit_in_bytes": 2_000_000_000,
            "memory/memory.usage_in_bytes": 1_500_000_000,
            "memory/memory.stat": "total_active_file 200000000\ntotal_inactive_file 300000000\n",
        },
        own="11:memory:/\n0::/\n",
    )
    assert (told.available, told.limit) == (1_000_000_000, 2_000_000_000)


@pytest.mark.parametrize(
    ("own", "prefix", "names"),
    [
        ("0::/system.slice/studio.service\n", "", ("memory.max", "memory.current")),
        (
            "4:cpu,memory:/system.slice/studio.service\n",
            "memory/",
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
        ),
    ],
    ids=["second version", "first version"],
)
def test_the_narrowest_limit_on_the_way_counts(machine, own, prefix, names):
    most, current = names
    told = machine(
        {
            f"{prefix}system.slice/{most}": 8_000_000_000,
            f"{prefix}system.slice/{current}": 7_900_000_000,
            f"{prefix}system.slice/studio.service/{most}": 3_000_000_000,
            f"{prefix}system.slice/studio.service/{current}": 1_000_000_000,
        },
        own,
    )
    assert told.limit == 3_000_000_000
    assert told.available == 100_000_000


def test_a_path_that_leads_out_of_the_mount_stays_inside(tmp_path):
    (tmp_path / "own").write_text("0::/../../etc\n")
    assert groups(tmp_path, tmp_path / "own")[-1] == tmp_path / "etc"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("memory.events", "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n"),
        ("memory/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
    ],
)
def test_processes_that_the_kernel_ended_are_counted(tmp_path, file, text):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    assert memory_kills(tmp_path) == 2
    assert memory_kills(tmp_path / "nowhere") == 0


def test_a_process_that_was_ended_for_memory_is_a_warning_even_when_much_is_free_now(monkeypatch):
    monkeypatch.setattr(main_memory, "memory", lambda: Memory(int(16e9), int(8e9), int(9e9)))
    monkeypatch.setattr(main_memory, "memory_kills", lambda: 1)
    fact = main_memory.main_memory()
    assert fact.severity is Severity.WARN
    assert "ended 1 processes" in fact.evidence
