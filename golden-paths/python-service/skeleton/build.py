"""Makes dist/, which is all that runs, and bom.json, which says what is in it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

name = "${{ values.name }}"
version = f"1.0.0+{os.environ.get('GITHUB_SHA', 'local')[:7]}"
dist = Path("dist")
requirements = Path("requirements.txt")

shutil.rmtree(dist, ignore_errors=True)
shutil.copytree("app", dist / "app", ignore=shutil.ignore_patterns("__pycache__"))
(dist / "app" / "VERSION").write_text(version + "\n")

pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", requirements.read_text(), re.M) if requirements.exists() else []
if pinned:
    # Beside the package, where Python looks first: what was tested is what runs.
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(dist), "-r", str(requirements)], check=True)

Path("bom.json").write_text(
    json.dumps(
        {
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "metadata": {"component": {"type": "application", "name": name, "version": version}},
            "components": [{"type": "library", "name": package, "version": at, "purl": f"pkg:pypi/{package.lower()}@{at}"} for package, at in pinned],
        },
        indent=2,
    )
)
