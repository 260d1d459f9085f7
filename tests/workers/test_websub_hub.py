"""WebSub against somebody else's hub: Flask-WebSub, where it is installed (`pip install flask-websub celery`).

It is no dependency of the monitor nor of its tests: here is checked that what our own hub of tests/workers/test_websub.py does is
what a hub does that knows nothing of us.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.workers.polling import Story, item
from tests.workers.test_websub import HERALD, feed, polled, subscription, until
from workers.poll import Poller

flask_websub = pytest.importorskip("flask_websub.hub")
celery = pytest.importorskip("celery")
flask = pytest.importorskip("flask")
serving = pytest.importorskip("werkzeug.serving")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """The address of a hub that does at once what it is asked."""
    queue = celery.Celery("hub")
    queue.conf.update(task_always_eager=True)
    app = flask.Flask("hub")
    app.config.update(PUBLISH_SUPPORTED=True, REQUEST_TIMEOUT=30)
    real: Any = flask_websub.Hub(flask_websub.SQLite3HubStorage(str(tmp_path / "hub.sqlite3")), queue, **app.config)
    app.register_blueprint(real.build_blueprint(url_prefix="/hub"))
    server = serving.make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/hub"
    server.shutdown()
    thread.join()
    server.server_close()


def publish(story: Story, hub: str, *items: str) -> str:
    """Serves the feed with the links that a publisher of this hub sends; gives its address."""
    url = story.server.url("/feed")
    links = f'<{hub}>; rel="hub", <{url}>; rel="self"'
    return story.server.answer("/feed", body=feed(story.server, *items), Link=links)


async def publisher_tells(hub: str, url: str, *, until_it: Callable[[], object]) -> None:
    """Tells the hub that the feed has something new. Again and again: it notes a subscriber only after having heard the answer
    to its challenge, so that a publisher may be too fast for it."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while not until_it():
            async with session.post(hub, data={"hub.mode": "publish", "hub.topic": url}) as answer:
                assert answer.status == 202
            await asyncio.sleep(0.05)


async def test_a_hub_that_knows_nothing_of_us_verifies_pushes_and_is_believed(
    story: Story, hub: str, unused_tcp_port: int
) -> None:
    url = publish(story, hub, item("100 soldiers", "a", day=2))
    address = f"127.0.0.1:{unused_tcp_port}"
    patient = {"allow_hosts": ["127.0.0.1"], "host_gap": 0}  # this hub verifies before it answers
    websub = {"callback": f"http://{address}/websub", "listen": address}
    story.configure({"herald": {"url": url}}, websub=websub, http=patient)
    stop = asyncio.Event()
    role = asyncio.create_task(Poller(story.ports).run(stop))
    try:
        # When it is asked, then it verifies, with a challenge and a lease of its own
        await polled(story, 1)
        await until(lambda: (push := story.ports.pushes.load(HERALD)) and push.until)
        assert subscription(story).error is None
        assert subscription(story).hub == hub
        # When the publisher tells it, then what it pushes, signed by SHA-512, makes the feed due at once
        publish(story, hub, item("100 soldiers", "a", day=2), item("900 soldiers", "b", day=2))
        story.later(60)
        await publisher_tells(hub, url, until_it=lambda: story.release() or story.state().polls > 1)
        await polled(story, 2)
        assert sorted(unit.entry.title for unit in story.units()) == ["100 soldiers", "900 soldiers"]
    finally:
        stop.set()
        await role
