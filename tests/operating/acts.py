"""What each chapter of the page is tried with, and what must be so after it."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from joserfc.jwk import OKPKey

from shared.contracts.partners.program import ProgramOpened, ProgramStatus
from tests.operating.chapters import ROOT
from tests.operating.stage import TRIAL, Stage, Wrong, ensure

SECRETS = ROOT / "deploy" / "secrets"
Act = Callable[[Stage], None]


def is_it_well(stage: Stage) -> None:
    stage.act_as("operator")
    said = stage.run("Is it well?")
    ensure('"students":"ok"' in said.replace(" ", ""), said)


def alerts(stage: Stage) -> None:
    said = stage.run("Alerts")
    ensure("disclosure_unsealed_seconds" in said and "dead_letters" in said, said)
    for chapter in (
        "A process is away", "Requests fail or are slow", "An import failed", "Sign-ins are refused",
        "An issuer is away",
    ):  # fmt: skip
        stage.run(chapter)
    for who, chapter in (
        ("district_admin", "An emergency access is open"),
        ("operator", "An agreement ends soon"),
        ("partner_admin", "Partners are told late"),
    ):
        stage.act_as(who)
        ensure('"items":' in stage.run(chapter), chapter)


def events_wait(stage: Stage) -> None:
    stage.run("Events wait")
    stage.announce_and_hear()


def upgrade(stage: Stage) -> None:
    stage.run("Upgrade")
    stage.announce_and_hear()


def backup(stage: Stage) -> None:
    stage.run("Backup")
    for service in ("partners", "students", "resources", "outcomes"):
        ensure((ROOT / "backup" / f"{service}.dump").stat().st_size > 0, service)


def restore(stage: Stage) -> None:
    """What came after the backup is gone; what comes after the restoration is heard."""
    after = stage.sql("partners", "select count(*) from partner where name = 'A rehearsal'")
    ensure(int(after) > 0, "nothing has happened since the backup")
    stage.run("Restore")
    left = stage.sql("partners", "select count(*) from partner where name = 'A rehearsal'")
    ensure(left == "0", f"{left} partners of after the backup")
    stage.announce_and_hear()


def broker_gone(stage: Stage) -> None:
    stage.run("The broker's disk is gone")
    stage.announce_and_hear()
    asked = "select count(*) from outbox where published_at is null"
    for service in ("partners", "students", "resources", "outcomes"):
        stage.until(lambda s=service: stage.sql(s, asked) == "0", f"{service} does not fill it")


def parked(stage: Stage) -> None:
    chapter = "An event is parked"
    stage.sql("students", "delete from dead_letter")
    good, bad = _park(stage), _park(stage, capacity="many")
    ensure(good in (said := stage.run(chapter, 0)) and bad in said, said)
    said = stage.run(chapter, 1, may_fail=True)
    ensure(f"{good}  handled" in said and f"{bad}  still fails" in said, said)
    stage.told["LETTER"] = bad
    stage.run(chapter, 2)
    ensure("0 parked" in stage.run(chapter, 0), "something is still parked")


def _park(stage: Stage, **changes: object) -> str:
    event = ProgramOpened(
        program_id=uuid4(), partner_id=uuid4(), name="Rehearsing", status=ProgramStatus.ACTIVE,
        capacity=3, minimum_age=None, maximum_age=None, grades=[], starts_on=None, ends_on=None,
    )  # fmt: skip
    letter = str(uuid4())
    body = json.dumps({
        "id": letter, "type": event.type, "subject": str(event.program_id),
        "time": "2026-01-01T00:00:00Z", "aggregateversion": 1,
        "data": event.model_dump(mode="json") | changes,
    })  # fmt: skip
    stage.sql(
        "students",
        "insert into dead_letter (id, source, event_id, type, aggregate_id, version, body, error,"
        f" parked_at) values ('{letter}', 'partners', '{letter}', '{event.type}',"
        f" '{event.program_id}', 1, '{body}', 'ValueError', now())",
    )
    return letter


def partner_leaves(stage: Stage) -> None:
    partner = next(p["partner_id"] for p in stage.left["people"] if p["role"] == "partner_admin")
    stage.act_as("operator")
    stage.told["PARTNER"] = partner
    said = stage.run("A partner leaves")
    ensure('"status":"closed"' in said and '"due_at"' in said, said)
    with stage.client("partner_admin") as http:
        stage.until(
            lambda: http.get(f"/v1/partners/{partner}").status_code in {401, 403},
            "its people are still let in",
        )


def erasure(stage: Stage) -> None:
    chapter, child = "A child's record must be erased", stage.left["samples"]["student"]
    stage.act_as("district_admin")
    stage.told["CHILD"] = child
    stage.told["ERASURE"] = json.loads(stage.run(chapter, 0))["id"]
    stage.until(lambda: '"certified"' in stage.run(chapter, 1), "it was not certified")
    with stage.client("district_admin") as http:
        answer = http.get(f"/v1/students/{child}")
        ensure(answer.status_code == 404, answer.text)


def sealing(stage: Stage) -> None:
    """A connection that hangs has the lock, as a replica would that is stopped in the middle."""
    chapter = "Sealing of the disclosure log stalls"
    waiting = "select pg_advisory_lock(7227001, hashtext('seal')), pg_sleep(600)"
    hanging = subprocess.Popen(
        ["docker", "compose", "exec", "-T", "-e", "PGAPPNAME=students seal", "postgres",
         "psql", "-U", "postgres", "-d", "students", "-c", waiting],
        env=stage.environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    mine = "application_name = 'students seal' and query like 'select pg_advisory_lock%'"
    try:
        stage.until(
            lambda: stage.sql("students", f"select count(*) from pg_stat_activity where {mine}")
            == "1", "the lock was not asked for",
        )  # fmt: skip
        stage.sql(
            "students",
            "select pg_terminate_backend(pid) from pg_stat_activity"
            f" where application_name = 'students seal' and not ({mine})",
        )
        _ask_for_children(stage)
        time.sleep(2)
        unsealed = (
            "select count(*) from disclosure d where not exists"
            " (select from disclosure_seal s where s.position = d.position)"
        )
        ensure(stage.sql("students", unsealed) != "0", "sealing did not stall")
        ensure("students seal" in stage.run(chapter, 0), "who has the lock is not told")
        ensure("whole" in stage.run(chapter, 1), "the log was not verified")
        stage.until(lambda: stage.sql("students", unsealed) == "0", "rows still wait")
    finally:
        hanging.kill()
        hanging.wait()


def _ask_for_children(stage: Stage) -> None:
    with stage.client("educator") as http:
        answer = http.get("/v1/views/caseload?limit=5")
        ensure(answer.status_code == 200, answer.text)


VERIFY = (
    "docker compose exec -T -e GATEWAY_URL=http://gateway:8000 students"
    " python -m deploy.verify_disclosures"
)


def bad_row(stage: Stage) -> None:
    chapter = "verify-disclosures finds a bad row"
    row = stage.sql("students", "select min(seq) from disclosure_seal where seq > 1")
    place = f"position = (select position from disclosure_seal where seq = {row})"
    change = (
        "alter table disclosure disable trigger user;"
        f"update disclosure set role = '{{}}' where {place};"
        "alter table disclosure enable trigger user"
    )
    was = stage.sql("students", f"select role from disclosure where {place}")
    stage.sql("students", change.format("nobody"))
    try:
        ensure(f"Row {row} was altered" in (said := stage.shell(VERIFY, may_fail=True)), said)
        stage.act_as("operator")
        stage.told["ROW"] = row
        said = stage.run(chapter)
        ensure(f"role|{was}" in said and "role|nobody" in said, said)
    finally:
        stage.sql("students", change.format(was))
    ensure("whole; agrees" in (said := stage.shell(VERIFY)), said)


def signing_keys(stage: Stage) -> None:
    before = _secrets()
    with stage.nobody_refused():
        stage.run("The platform's signing keys")
    _ensure_changed(before, "principal_private_key", "grant_private_key", "cursor_key",
                    "access_token_private_key", "principal_public_key", "grant_public_key")  # fmt: skip
    stage.announce_and_hear()


def passwords(stage: Stage) -> None:
    before = _secrets()
    with stage.nobody_refused():
        stage.run("Database passwords")
    _ensure_changed(before, *(f"{s}_database_password" for s in (
        "partners", "students", "resources", "outcomes")), "postgres_password")  # fmt: skip
    connects = (
        'docker compose exec -T students python -c "import asyncio, asyncpg;'
        "asyncio.run(asyncpg.connect('postgresql://students:{}@postgres/students'))\""
    )
    try:
        stage.shell(connects.format(before["students_database_password"]))
    except Wrong:
        stage.shell(connects.format(_secrets()["students_database_password"]))
        return
    raise Wrong("the old password still opens the database")


@cache
def safe() -> Path:
    return Path(mkdtemp(prefix="safe-"))


def put_away(stage: Stage) -> None:
    """As the page says after the first start."""
    shutil.move(SECRETS / "offline", safe() / "offline")
    stage.told["SAFE"] = str(safe())


def bring_back() -> None:
    """What was put away, for the next rehearsal."""
    away = safe() / "offline"
    if away.exists() and not (SECRETS / "offline").exists():
        shutil.move(away, SECRETS / "offline")
    shutil.rmtree(safe())
    safe.cache_clear()


def broker_users(stage: Stage) -> None:
    put_away(stage)
    before = _secrets()
    stage.run("The broker's users")
    _ensure_changed(before, "partners_nats_credentials", "gateway_nats_credentials",
                    "broker_system_credentials", "broker_accounts")  # fmt: skip
    ensure(not (SECRETS / "offline").exists(), "the offline keys were left there")
    stage.announce_and_hear()


def broker_signing(stage: Stage) -> None:
    before = _secrets()
    stage.run("The broker's signing keys")
    _ensure_changed(
        before, "broker_operator_signing_key", "broker_platform_signing_key", "broker_accounts"
    )
    stage.announce_and_hear()


def partner_accounts(stage: Stage) -> None:
    before = _secrets()
    stage.run("Partners' accounts")
    _ensure_changed(before, "partner_accounts_key")
    stage.announce_and_hear()


def _secrets() -> dict[str, str]:
    return {file.name: file.read_text() for file in SECRETS.iterdir() if file.is_file()}


def _ensure_changed(before: dict[str, str], *names: str) -> None:
    now = _secrets()
    ensure(not (same := [n for n in names if now[n] == before[n]]), f"not changed: {same}")


def client_keys(stage: Stage) -> None:
    chapter = "The keys of a partner's system"
    stage.act_as("partner_admin")
    partner = next(p["partner_id"] for p in stage.left["people"] if p["role"] == "partner_admin")
    old, new = (
        OKPKey.generate_key("Ed25519", {"kid": kid}, private=True).as_dict(private=False)
        for kid in ("old", "new")
    )
    with stage.client("partner_admin") as http:
        draft = {"partner_id": partner, "name": "A rehearsal", "keys": [old]}
        made = http.post("/v1/clients", json=draft)
        ensure(made.status_code == 201, made.text)
    file = safe() / "new_key.json"
    file.write_text(json.dumps(new))
    [key] = made.json()["keys"]
    stage.told |= {"CLIENT": made.json()["id"], "OLD_KEY": key["id"], "NEW_KEY": str(file)}
    said = json.loads(stage.run(chapter, 0))
    ensure([k["ended_at"] for k in said["keys"]] == [None, None], said)
    said = json.loads(stage.run(chapter, 1))
    ensure(sum(k["ended_at"] is None for k in said["keys"]) == 1, said)


def trials_issuer(stage: Stage) -> None:
    stale = stage.token("operator")
    stage.run("A trial's issuer")
    with stage.client("operator") as http:
        ensure(http.get("/v1/memberships").status_code == 200, "nobody is let in")
        refused = http.get("/v1/memberships", headers={"Authorization": f"Bearer {stale}"})
        ensure(refused.status_code == 401, refused.text)


def first_start(stage: Stage) -> None:
    """In a copy of what is here, under another name: the real thing, not a trial."""
    folder = Path(mkdtemp(prefix="first-start-"))
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to((ROOT / ".venv").resolve())
    name = stage.told.get("COMPOSE_PROJECT_NAME", "education-partnership") + "-first"
    override = stage.told["COMPOSE_FILE"].removeprefix(TRIAL["COMPOSE_FILE"])
    told = {
        "COMPOSE_PROJECT_NAME": name, "COMPOSE_FILE": f"docker-compose.yml{override}",
        "LISTEN": "127.0.0.1:8199", "GATEWAY": "http://127.0.0.1:8199",
    }  # fmt: skip
    alone = Stage({**{k: v for k, v in stage.told.items() if k not in TRIAL}, **told}, folder)
    try:
        ensure("/invitation#" in alone.run("First start"), "no link for the first operator")
        ensure('"students":"ok"' in alone.run("Is it well?").replace(" ", ""), "it is not well")
    finally:
        alone.run("To begin anew")
        shutil.rmtree(folder)
    stage.ran |= alone.ran


# In the order in which they are played: what takes something away comes late.
ACTS: dict[str, Act] = {
    "Is it well?": is_it_well,
    "Alerts": alerts,
    "Backup": backup,
    "An event is parked": parked,
    "The keys of a partner's system": client_keys,
    "A child's record must be erased": erasure,
    "Sealing of the disclosure log stalls": sealing,
    "verify-disclosures finds a bad row": bad_row,
    "The platform's signing keys": signing_keys,
    "Database passwords": passwords,
    "The broker's users": broker_users,
    "The broker's signing keys": broker_signing,
    "Partners' accounts": partner_accounts,
    "The broker's disk is gone": broker_gone,
    "A partner leaves": partner_leaves,
    "Events wait": events_wait,
    "Restore": restore,
    "A trial's issuer": trials_issuer,
    "Upgrade": upgrade,
    "First start": first_start,
}
# Played within another's act.
WITHIN = {
    "Alerts": (
        "A process is away", "Requests fail or are slow", "An import failed",
        "Sign-ins are refused", "An issuer is away", "An emergency access is open",
        "An agreement ends soon", "Partners are told late",
    ),
    "First start": ("To begin anew",),
}  # fmt: skip
