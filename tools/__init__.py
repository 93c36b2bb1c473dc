"""The tools of the course: `python3 -m tools NAME`, one job each."""
