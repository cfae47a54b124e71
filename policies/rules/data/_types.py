"""Types of resources that more than one rule looks at."""

from typing import Final

BUCKET: Final = "gcp:storage/bucket:Bucket"
PLAN: Final = "gcp:gkebackup/backupPlan:BackupPlan"
