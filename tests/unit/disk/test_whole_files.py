"""Files and folders that are there whole or not at all, also while a disk fills up."""

import errno
import os
import threading

import pytest

from ratedparts.disk import held_folder, is_full, telling_full, whole_folder, write_whole
from ratedparts.errors import RatedPartsError
from ratedparts.fault_points import watched_by


def failing_at(point):
    def watcher(name):
        if name == point:
            raise OSError(errno.ENOSPC, "no room")

    return watched_by(watcher)


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_file_is_there_whole_or_as_it_was(tmp_path):
    path = tmp_path / "key"
    write_whole(path, b"first")
    with failing_at("file.written"), pytest.raises(OSError, match="no room"):
        write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    write_whole(path, b"third")
    assert (path.read_bytes(), names(tmp_path)) == (b"third", ["key"])
    assert path.stat().st_mode & 0o777 == 0o600


def test_once_the_first_file_stays(tmp_path):
    write_whole(tmp_path / "key", b"first", once=True)
    write_whole(tmp_path / "key", b"second", once=True)
    assert (tmp_path / "key").read_bytes() == b"first"


def test_a_folder_is_there_whole_or_not_at_all(tmp_path):
    def make():
        with whole_folder(tmp_path / "set") as made:
            (made / "one").write_bytes(b"1")

    with failing_at("folder.written"), pytest.raises(OSError, match="no room"):
        make()
    assert names(tmp_path) == []
    make()
    assert names(tmp_path) == ["set"]


def test_a_folder_is_held_by_one_at_a_time(tmp_path):
    order, asking = [], threading.Event()

    def second():
        asking.set()
        with held_folder(tmp_path):
            order.append("second")

    with held_folder(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        asking.wait()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_a_full_disk_is_told_as_such(number):
    with pytest.raises(RatedPartsError, match="storage_full"), telling_full():
        raise OSError(number, os.strerror(number))


def test_another_failure_is_not_told_as_a_full_disk():
    with pytest.raises(FileNotFoundError), telling_full():
        raise FileNotFoundError(errno.ENOENT, "gone")
    assert not is_full(ValueError())
