import asyncio
import sys
from importlib import import_module

name, *given = sys.argv[1:]
asyncio.run(import_module(f"tests.bench.{name}").main(*map(float, given)))
