"""Makes the virtual environment, or makes it anew where an earlier attempt was left half done. Standard library only.

    python3 deploy/make_venv.py .venv

A half-made one has a `python` and no pip: whoever only looks for the `python` fails at every later attempt. The command
`jianding` in its `bin` is `python -m services` of this project, from any folder.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)

_JIANDING = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
# For sh the line above, for Python a text: a path with blanks fits into no first line.
import sys
from pathlib import Path

if __name__ == "__main__":  # a child process that draws reads this file again, and must not begin all over
    sys.path[0] = str(Path(__file__).absolute().parents[2])

    from services.__main__ import run

    sys.exit(run())
"""


def main(folder):
    # No types and nothing newer than Python 3.6: an old one has to get as far as this sentence.
    if sys.version_info < OLDEST:
        return _say(
            "需要 Python 3.11 以上，这里是 {}.{}。请安装后指明，例如 make PYTHON=python3.12 …".format(
                *sys.version_info
            ),
            "Python 3.11 or newer is needed, this is {}.{}: install it and name it".format(*sys.version_info),
        )
    if not _is_whole(folder):
        try:
            import ensurepip  # noqa: F401  Debian and Ubuntu leave it out
            import venv  # noqa: F401
        except ImportError:
            return _say(
                "缺少 Python 的 venv 组件。Debian、Ubuntu：sudo apt install python3-venv，然后重新运行本命令",
                "Python's venv is missing. On Debian and Ubuntu: sudo apt install python3-venv, then give the command again",
            )
        if (folder.is_symlink() or folder.exists()) and not _is_ours(folder):
            return _say(
                f"{folder} 不是虚拟环境，未动。请移走后重试",
                f"{folder} is no virtual environment and was left as it is: move it away and try again",
            )
        if not _removed(folder):
            return _say(
                f"{folder} 不完整，又无权删除。请删除后重试，如 sudo rm -r {folder}",
                f"{folder} is half made and cannot be removed: remove it and try again, as by sudo rm -r {folder}",
            )
        print(f"正在安装依赖，约需一两分钟 · installing into {folder}, a minute or two …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(folder)])
        if made.returncode:
            _removed(folder)
            return _say(
                f"虚拟环境未能建立，原因见上。{folder} 已清除，排除原因后重新运行即可",
                f"the virtual environment could not be made, see above; {folder} was removed: mend the cause, try again",
            )
    try:
        _write_command(folder / "bin")
    except OSError as error:
        return _say(
            f"{folder} 无法写入（{error.strerror}）。请用建立它的用户运行，或删除后重试",
            f"{folder} cannot be written ({error.strerror}): be the user who made it, or remove it and try again",
        )
    return 0


def _is_whole(folder):
    """Its python starts and has pip, and it stands where it was made: the commands in it hold its path."""
    python, pip = folder / "bin" / "python", folder / "bin" / "pip"
    if not (python.exists() and pip.exists()):
        return False
    try:
        first, _, rest = pip.read_text(encoding="utf-8").partition("\n")
        # In a path with blanks the interpreter stands in quotes on the second line.
        interpreter = rest.split('"')[1] if first == "#!/bin/sh" else first[2:]
        if not Path(interpreter).exists():
            return False
        return subprocess.run([str(python), "-c", "import pip"], stderr=subprocess.DEVNULL).returncode == 0
    except (OSError, ValueError, IndexError):  # nothing that runs, or no text
        return False


def _is_ours(folder):
    """May be removed. Where a link leads, others may have what is theirs."""
    return (
        not folder.is_symlink()
        and folder.is_dir()
        and ((folder / "pyvenv.cfg").exists() or (folder / "bin").exists() or not any(folder.iterdir()))
    )


def _removed(folder):
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _write_command(folder):
    """Raises OSError. One that is there already may belong to somebody else, who made all of this."""
    command = folder / "jianding"
    text = _JIANDING.format(python=shlex.quote(str(folder.absolute() / "python")))
    if not command.exists() or command.read_text(encoding="utf-8") != text:
        command.write_text(text, encoding="utf-8")
        command.chmod(0o755)


def _say(chinese, english):
    print(f"{chinese} · {english}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(Path(sys.argv[1])))
