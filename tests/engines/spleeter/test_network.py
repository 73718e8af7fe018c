import os
import pickle

import pytest
import torch

from core.engines.spleeter import network
from core.errors import EngineMissingError


@pytest.fixture
def checkpoints(tmp_path):
    """A copy of the weights' folder whose first file a test may break."""
    folder = network.weights_folder()
    for number in range(2):
        os.symlink(folder / f"testcheckpoint{number}.ckpt", tmp_path / f"testcheckpoint{number}.ckpt")
    return tmp_path


def replaced(folder, content):
    path = folder / "testcheckpoint0.ckpt"
    path.unlink()
    path.write_bytes(content)
    return folder


def test_the_weights_are_found_without_importing_their_package():
    assert (network.weights_folder() / "testcheckpoint1.ckpt").is_file()


def test_without_the_package_the_remedy_is_named(monkeypatch):
    monkeypatch.setattr(network, "find_spec", lambda name: None)
    with pytest.raises(EngineMissingError) as caught:
        network.weights_folder()
    assert "make models" in caught.value.remedy


def test_both_networks_load_and_are_different(checkpoints):
    networks = network.load_networks(checkpoints)
    assert list(networks) == ["vocals", "accompaniment"]
    kernels = [net.get_submodule("up7")[0].weight for net in networks.values()]
    assert not torch.equal(*kernels)
    assert not any(net.training for net in networks.values())


def test_a_cut_off_file_is_named(checkpoints):
    whole = (network.weights_folder() / "testcheckpoint0.ckpt").read_bytes()
    with pytest.raises(EngineMissingError) as caught:
        network.load_networks(replaced(checkpoints, whole[: len(whole) // 2]))
    assert "testcheckpoint0.ckpt" in caught.value.message


@pytest.mark.parametrize("content", [b"", b"no checkpoint at all", pickle.dumps([1, 2], protocol=2)])
def test_a_file_of_another_kind_is_refused(checkpoints, content):
    with pytest.raises(EngineMissingError):
        network.load_networks(replaced(checkpoints, content))


def test_code_in_a_checkpoint_is_never_run(checkpoints, tmp_path):
    mark = tmp_path / "code-was-run"

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(mark),)

    path = checkpoints / "testcheckpoint0.ckpt"
    path.unlink()
    torch.save({"up7.0.weight": Evil()}, path)
    with pytest.raises(EngineMissingError):
        network.load_networks(checkpoints)
    assert not mark.exists()


def test_weights_of_another_network_are_refused(checkpoints):
    path = checkpoints / "testcheckpoint0.ckpt"
    path.unlink()
    torch.save({"layer.weight": torch.zeros(2)}, path)
    with pytest.raises(EngineMissingError) as caught:
        network.load_networks(checkpoints)
    assert "missing" in caught.value.detail


def test_weights_of_another_shape_are_refused(checkpoints):
    path = checkpoints / "testcheckpoint0.ckpt"
    state = network.load_networks(checkpoints)["vocals"].state_dict()
    state["up7.0.weight"] = torch.zeros(1, 1, 4, 4)
    path.unlink()
    torch.save(state, path)
    with pytest.raises(EngineMissingError):
        network.load_networks(checkpoints)


def test_a_missing_file_is_named(checkpoints):
    (checkpoints / "testcheckpoint1.ckpt").unlink()
    with pytest.raises(EngineMissingError) as caught:
        network.load_networks(checkpoints)
    assert "testcheckpoint1.ckpt" in caught.value.message
