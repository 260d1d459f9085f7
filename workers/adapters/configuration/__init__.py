"""The configuration file: YAML to `monitor.settings.Config`, or every problem at once, each with its place and what to do.

    bytes --source--> plain values with places --files--> includes and OPML merged --Config--> --words--> problems in plain words

Reading needs ruamel.yaml: import this only in a process that reads a file.
"""

from workers.adapters.configuration.files import data_directory, read_configuration

__all__ = ["data_directory", "read_configuration"]
