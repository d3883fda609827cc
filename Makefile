# 鉴定 Jianding. `make help` lists everything.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CANDIDATES ?=
WHAT ?=
SIZE ?=
STORE ?=
BUS ?=
URL ?=

SERVER_FLAGS = $(if $(STORE),--store '$(STORE)') $(if $(BUS),--bus '$(BUS)') $(if $(URL),--url '$(URL)')
DEMO_FLAGS = $(if $(CANDIDATES),--candidates $(CANDIDATES)) $(SERVER_FLAGS)

.DEFAULT_GOAL := help

.PHONY: help
help: ## 显示全部命令 · this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: $(VENV)/run ## 演示全流程 · play the procedure [CANDIDATES=300] [STORE= BUS= | URL=]
	@set -a; [ ! -f .env ] || . ./.env; set +a; $(BIN)/jianding demo $(DEMO_FLAGS)

.PHONY: test
test: $(VENV)/dev ## 全部检查与测试 · lint, types, rooms, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest

.PHONY: run
run: $(VENV)/run ## 启动系统 · keep the system up on http://127.0.0.1:8000
	$(BIN)/jianding all

.PHONY: bench
bench: $(VENV)/dev ## 测速 · measure against peers and floors [WHAT=lists … SIZE= STORE= BUS= | URL=]; docs/performance.md
	@set -a; [ ! -f .env ] || . ./.env; set +a; $(BIN)/jianding bench $(WHAT) $(if $(SIZE),--size $(SIZE)) $(SERVER_FLAGS)

.PHONY: fmt
fmt: $(VENV)/dev ## 整理格式 · format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: lint
lint: $(VENV)/dev ## 检查风格与分层 · style and rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

.PHONY: types
types: $(VENV)/dev ## 检查类型 · types
	$(BIN)/mypy

.PHONY: lock
lock: $(VENV)/dev ## 更新依赖锁定 · pin the dependencies anew, with hashes
	$(BIN)/python deploy/lock.py

.PHONY: docs
docs: $(VENV)/run ## 生成文档 · write what is made from the code: events, settings, access, AsyncAPI, the broker's definitions
	$(BIN)/jianding documents

.PHONY: schemas
schemas: $(VENV)/run ## 冻结事件契约 · freeze new contracts; refuses to change published ones
	$(BIN)/python -m shared.contracts.freeze

.PHONY: secrets
secrets: ## 生成密码 · write .env with fresh passwords for docker compose
	$(PYTHON) deploy/make_secrets.py

.PHONY: up
up: ## 容器启动 · docker compose up
	docker compose up --wait --build

.PHONY: down
down: ## 容器停止 · docker compose down; data stays
	docker compose down

.PHONY: clean
clean: ## 清除运行数据 · remove var/ (not .venv)
	rm -rf var

# A virtual environment with everything pinned and hashed. Fonts come without their package's dependencies: only the
# font files are used.
# Looked at each time: a folder that was moved, or a Python that was removed, leaves one that is fresh and does not run.
WHOLE := $(shell $(BIN)/python -c 'import pip' 2>/dev/null && [ -x "$$(sed -n '1s/^..//p' $(BIN)/pip)" ] && echo yes)
.PHONY: anew
anew:

$(VENV)/run: requirements.txt requirements-files.txt deploy/make_venv.py $(if $(WHOLE),,anew)
	@$(PYTHON) deploy/make_venv.py $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-files.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/run
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
