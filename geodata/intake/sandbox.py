"""Shutting a process in: it keeps its own directory and the libraries, and nothing else.

Linux: time and memory limits (``setrlimit``), no network (an empty network namespace where the
system grants one, Landlock's TCP rules besides), no sight of other files (Landlock, kernel 5.13).
On every system: an audit hook that refuses sockets, programs and library loading from Python, a
wall-clock limit kept by the parent, and GDAL without its virtual and network drivers.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import site
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geodata.intake.limits import Limits

_SYS_CREATE, _SYS_ADD, _SYS_RESTRICT = 444, 445, 446  # the same number on every architecture
_RULE_PATH = 1
_NO_NEW_PRIVS = 38
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_READ_FILE, _READ_DIR, _EXECUTE = 1 << 2, 1 << 3, 1 << 0
_READ = _READ_FILE | _READ_DIR
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # bits known by each version of the interface
_ABI_WITH_NET = 4
_TCP = 0b11  # bind and connect
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/zero")
_BANNED = frozenset(
    {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen"}
    | {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "os.startfile",
    }
    | {"ctypes.dlopen", "webbrowser.open", "urllib.Request", "ftplib.connect", "winreg.OpenKey"}
)


class SandboxBreach(PermissionError):  # noqa: N818  (an event, seen only inside the sandbox)
    """The reading process tried what no reading needs."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scope", ctypes.c_uint64)]


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def shut_in(home: Path, package_root: Path, limits: Limits) -> tuple[str, ...]:
    """Give up everything but reading the libraries and writing in ``home``.

    Returns
    -------
    tuple of str
        The walls that stand here, of ``limits``, ``network_namespace``, ``landlock``; the audit
        hook is always there.
    """
    walls = []
    if _limit(limits):
        walls.append("limits")
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if _leave_network(libc):
            walls.append("network_namespace")
        if _landlock(libc, home, package_root):
            walls.append("landlock")
    sys.addaudithook(_refuse)
    return tuple(walls)


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in _BANNED:
        raise SandboxBreach(event)


def _limit(limits: Limits) -> bool:
    if sys.platform == "win32":
        return False
    import resource  # noqa: PLC0415  (absent on Windows)

    def bound(what: int, value: int) -> None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))

    bound(resource.RLIMIT_CPU, limits.seconds)
    bound(resource.RLIMIT_DATA, limits.memory_bytes)
    bound(resource.RLIMIT_AS, 4 * limits.memory_bytes)
    bound(resource.RLIMIT_FSIZE, 2 * limits.unpacked_bytes)
    bound(resource.RLIMIT_CORE, 0)
    bound(resource.RLIMIT_NOFILE, 256)
    return True


def _leave_network(libc: ctypes.CDLL) -> bool:
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return bool(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def _landlock(libc: ctypes.CDLL, home: Path, package_root: Path) -> bool:
    abi = libc.syscall(_SYS_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if abi < 1:
        return False
    every = (1 << _FS_RIGHTS.get(min(abi, 5), 13)) - 1
    net = _TCP if abi >= _ABI_WITH_NET else 0
    rules = _Ruleset(fs=every, net=net, scope=0)
    size = ctypes.sizeof(rules) if abi > 5 else 16 if net else 8  # noqa: PLR2004  (version 6 scopes)
    handle = libc.syscall(
        _SYS_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    if handle < 0:
        return False
    readable = (*_SYSTEM, sys.prefix, sys.base_prefix, *site.getsitepackages(), str(package_root))
    for path in dict.fromkeys(readable):
        _allow(libc, handle, path, _READ | _EXECUTE)
    for path in _DEVICES:
        _allow(libc, handle, path, _READ_FILE)
    _allow(libc, handle, str(home), every & ~_EXECUTE)
    libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = libc.syscall(_SYS_RESTRICT, ctypes.c_int(handle), ctypes.c_uint32(0))
    os.close(handle)
    return bool(done == 0)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    if not path or not Path(path).exists():
        return
    if not Path(path).is_dir():
        rights &= _READ_FILE | _EXECUTE
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathRule(allowed=rights, parent=parent)
    libc.syscall(
        _SYS_ADD,
        ctypes.c_int(ruleset),
        ctypes.c_int(_RULE_PATH),
        ctypes.byref(rule),
        ctypes.c_uint32(0),
    )
    os.close(parent)
