@echo off
rem The same commands as the Makefile, for Windows without make: "make demo", "make test".
setlocal
chcp 65001 >nul
set BIN=.venv\Scripts
if not exist .venv\ready (
  py -3 -m venv .venv || exit /b 1
  %BIN%\python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock || exit /b 1
  %BIN%\python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . || exit /b 1
  echo ready> .venv\ready
)
if "%1"=="demo" goto demo
if "%1"=="test" goto test
if "%1"=="bench" goto bench
if "%1"=="calibrate" goto calibrate
echo make demo ^| make test ^| make bench ^| make calibrate
exit /b 2
:demo
%BIN%\mmuko demo demo || exit /b 1
%BIN%\mmuko run --home demo
if %ERRORLEVEL% LEQ 1 exit /b 0
exit /b %ERRORLEVEL%
:test
%BIN%\ruff check . || exit /b 1
%BIN%\ruff format --check . || exit /b 1
%BIN%\python -m pytest
exit /b %ERRORLEVEL%
:bench
%BIN%\python -m tests.benchmarks
exit /b %ERRORLEVEL%
:calibrate
%BIN%\python -m tests.simulation
exit /b %ERRORLEVEL%
