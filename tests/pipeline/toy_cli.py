"""The command `scenewright` with the toy stages: the catalogue is an argument of the framework, given here by hand."""

import sys
from pathlib import Path

from pipeline.cli import main
from pipeline.stage import load_catalogue

load_catalogue(f"{Path(__file__).with_name('toys.py')}:CATALOGUE")
sys.modules["pipeline.stages.catalogue"] = sys.modules["toys"]
sys.exit(main())
