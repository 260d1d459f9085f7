"""The shell: loads, calls the core, commits. `docs/architecture.md` names each room."""
