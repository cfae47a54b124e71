"""`make golden`: write what the tests of tests/unit/infra/test_golden.py compare with."""

from tests.golden import changes
from tests.golden.inventory import STACKS, file_of, inventory

for stack in STACKS:
    file_of(stack).write_text(inventory(stack), encoding="utf-8")
changes.FILE.write_text(changes.document(), encoding="utf-8")
