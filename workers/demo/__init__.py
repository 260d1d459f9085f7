"""The demo: a story of invented outlets, served as feeds over HTTP by the program itself.

seeds/demo --load--> DemoStory --standing at `now`--> feed documents --HTTP on loopback--> the monitor's own poll
"""

from workers.demo.server import DemoServer
from workers.demo.story import DemoEntry, DemoOutlet, DemoStory

__all__ = ["DemoEntry", "DemoOutlet", "DemoServer", "DemoStory"]
