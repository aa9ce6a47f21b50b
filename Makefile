# make demo   sets up .venv and turns the capture that ships with the project into a textured GLB
# make test   sets up .venv and runs every check and test
# Both work on a fresh machine with Python 3.11 or newer, with or without a GPU.

PYTHON ?= python3
TORCH ?= torch==2.13.0
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check
LIGHT_EXTRAS = clip,diffusion,draco,heic,ktx2,lan,meshopt,perceptual,ray,sfm,usd,video

.PHONY: demo test check test-extras format clean

demo: .venv/ready
	.venv/bin/scenewright run assets/jobs/demo.json --out runs/demo

test: check test-extras

check: .venv/dev .venv/node
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist loadfile -m "not extra"

# The tests of the light extras run in an environment of their own, which sees the packages of .venv and adds the
# extras; so the tests above have shown that nothing needs them.
test-extras: .venv-extras/ready
	.venv-extras/bin/python -m pytest -m extra

format: .venv/dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

# torch first: the version that is known to work, so that no newer one is taken.
.venv/ready: pyproject.toml
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	$(PIP) "$(TORCH)"
	$(PIP) -e .
	touch $@

.venv/dev: .venv/ready
	$(PIP) -e ".[dev]"
	touch $@

# Where there is Node.js: the glTF validator and the browser driver of the tests. Without it their tests skip.
.venv/node: .venv/ready tests/node/package-lock.json viewer/web/package-lock.json
	if command -v npm >/dev/null; then \
		npm ci --silent --no-audit --no-fund --prefix tests/node && \
		npm ci --silent --no-audit --no-fund --prefix viewer/web; fi
	touch $@

.venv-extras/ready: .venv/dev
	test -x .venv-extras/bin/python || $(PYTHON) -m venv .venv-extras
	.venv/bin/python -c "import site; print(site.getsitepackages()[0])" > \
		"$$(.venv-extras/bin/python -c 'import site; print(site.getsitepackages()[0])')/base.pth"
	.venv-extras/bin/python -m pip install --quiet --disable-pip-version-check -e ".[$(LIGHT_EXTRAS)]"
	touch $@

clean:
	rm -rf .venv .venv-extras runs
