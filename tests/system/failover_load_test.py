"""Would deploy/ha/failover notice? Its clients find what was acknowledged and is not there any more."""

import sys

import expect
from rolecall_server import ROOT

SAYS_NOTHING_OF_THE_ENGINE = True
sys.path.insert(0, str(ROOT / "deploy" / "ha"))
from load import Client, Load  # noqa: E402


def test_what_is_lost_is_named(server):
    token = server.token()
    client = Client(0, [server.listen], token)
    for _ in range(16):
        client.step()
    expect.equal(client.lost(), [])
    expect.equal(len(client.acknowledged), 16)
    scim = server.scim(token)
    first, second, third, *_ = client.titles
    expect.status(scim.delete("/Users/" + first), 204)
    expect.scim(scim.patch("/Users/" + second, {"op": "replace", "path": "title", "value": "another"}))
    expect.status(scim.patch("/Groups/" + client.group, {"op": "remove", "path": f'members[value eq "{third}"]'}), 204)
    lost = client.lost()
    expect.holds(str(lost), f"user {first}: 404")
    expect.holds(str(lost), f"title of {second}: 'another' instead of '{client.titles[second][0]}'")
    expect.holds(str(lost), f"member {third} of {client.group}")
    # What nobody was told is done may be there or not.
    client.titles[second] = (client.titles[second][0], ["another"])
    expect.lacks(str(client.lost()), f"title of {second}")


def test_a_refusal_is_no_acknowledgement_and_anything_else_a_surprise(server):
    with Load([server.listen], "no-token", 1) as load:
        load.run_for(0.5)
    marks = load.marks()
    expect.equal((marks["acknowledged"], marks["503"]), (0, 0))
    assert marks["other errors"] == marks["in doubt"] > 0, marks
    assert all(" 401 " in surprise for surprise in load.surprises), load.surprises
