"""Asks whether a package in the image has a known vulnerability: `python -m deploy.audit`

pip-audit asks about each package of requirements.txt. The command ends with 1 for a vulnerability
that is not in IGNORED. It names the packages that could not be asked about, and they fail nothing:
without a way to the database of vulnerabilities it knows nothing, and says so.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ASK_SECONDS = 10
WHOLE_SECONDS = 120
# A vulnerability's id, and why it does no harm here.
IGNORED: dict[str, str] = {}


def ask() -> list[dict[str, Any]] | str:
    """Each package with its vulnerabilities, or with the reason why it was skipped. A text is the
    reason why no package could be asked about."""
    command = [
        sys.executable, "-m", "pip_audit", "-r", str(ROOT / "requirements.txt"),
        "--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json",
        "--timeout", str(ASK_SECONDS),
    ]  # fmt: skip
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=WHOLE_SECONDS
        )
        told: list[dict[str, Any]] = json.loads(run.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return "no answer in time"
    except (ValueError, KeyError):
        return (run.stderr.strip().splitlines() or ["no answer"])[-1].partition(":")[0]
    return told


def judge(told: list[dict[str, Any]] | str) -> tuple[list[str], int]:
    """The lines to print, and the exit code."""
    if isinstance(told, str):
        return [f"audit: NOT ASKED ({told}); nothing is known of vulnerabilities."], 0
    asked = [each for each in told if "vulns" in each]
    unasked = len(told) - len(asked)
    found = [
        f"{each['name']} {each['version']}: {vuln['id']}, mended in"
        f" {', '.join(vuln.get('fix_versions') or ['no version yet'])}"
        for each in asked
        for vuln in each["vulns"]
        if not IGNORED.keys() & {vuln["id"], *vuln.get("aliases", [])}
    ]
    said = [f"audit: {len(asked)} packages asked about, {len(found)} vulnerabilities."]
    if unasked:
        said.append(f"audit: NOT ASKED about {unasked} packages; nothing is known of them.")
    said += [f"audit: ignored {id}: {why}" for id, why in IGNORED.items()]
    return [*said, *(f"  {line}" for line in found)], 1 if found else 0


def main() -> int:
    lines, ending = judge(ask())
    print("\n".join(lines))
    return ending


if __name__ == "__main__":
    sys.exit(main())
