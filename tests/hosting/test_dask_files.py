"""The examples for a Dask cluster say what the command and the studio's files understand."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import yaml

from core.cli.batch import BatchCommand

ROOT = Path(__file__).parents[2]
HERE = ROOT / "hosting" / "dask"
TEXT = (HERE / "README.md").read_text()


def parsed(words):
    parser = argparse.ArgumentParser(exit_on_error=False)
    BatchCommand().add_arguments(parser)
    return parser.parse_args(words)


def test_the_command_of_the_steps_is_understood():
    (command,) = re.findall(r"`python -m core batch ([^`]+)`", TEXT)
    assert parsed(shlex.split(command)).scheduler == "tcp://HOST:8786"
    (secured,) = re.findall(r"`(--scheduler tls://[^`]+)`", TEXT)
    assert len(parsed(["jobs.jsonl", "--out", "x", *shlex.split(secured)]).tls) == 3


def test_the_containers_share_the_folder_that_the_batch_writes_and_meet_at_one_address():
    services = yaml.safe_load((HERE / "compose.yaml").read_text())["services"]
    batch = parsed([*shlex.split(services["batch"]["entrypoint"])[4:], "jobs.jsonl"])
    assert batch.scheduler in services["worker"]["command"]
    assert batch.scheduler.endswith(re.findall(r"--port (\d+)", services["scheduler"]["command"])[0])
    volume, place = services["worker"]["volumes"][0].split(":")
    assert f"{volume}:{place}" in services["batch"]["volumes"] and batch.out.startswith(place)
    build = services["worker"]["build"]
    assert (HERE / build["context"]).resolve() == ROOT
    assert (ROOT / build["args"]["REQUIREMENTS"]).read_text().startswith("-r requirements-lite.txt")


def test_the_services_that_the_steps_name_are_there_and_meet_at_one_address():
    for name in re.findall(r"`(gainstage-[\w@]+\.service)`", TEXT):
        assert "ExecStart=" in (HERE / name).read_text()
    worker = (HERE / "gainstage-worker@.service").read_text()
    scheduler = (HERE / "gainstage-scheduler.service").read_text()
    host, port = re.findall(r"--host (\S+) --port (\d+)", scheduler)[0]
    assert f"tcp://{host}:{port}" in worker
    assert "--resources GPU=1" in worker and "CUDA_VISIBLE_DEVICES=%i" in worker
