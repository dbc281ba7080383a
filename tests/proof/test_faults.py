#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks each cell of docs/faults.md against each system. Prints TAP.

A test is one row; its cells are its operations. Whatever a fault does to an operation, the next push
without it must complete: one incident, each comment once. With --sample each cell is checked against
one system, another one for each."""

import json
import os
import queue
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from proof import (KINDS, UNCERTAIN, Workspace, begin_push, check_once, end_push, equal, finish,
                   main, ready, resolve, test)

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../docs/faults.md')
OPERATIONS = ['test', 'choices', 'look-up', 'create', 'update', 'comment']
NOTHING = '—'
STATUS = {NOTHING: 0, 'auth-invalid': 4, 'auth-locked': 4, 'uncertain': UNCERTAIN}
READS = ('test', 'choices')
COMMENTS = ['Comment 1', 'Comment 2', 'Comment 3']
LIMIT = 20  # seconds, far below the limits of a request
ENDLESS_LIMIT = 150

REQUESTS = {
    'jira-cloud': {'look-up': ('GET', '*/search/jql'), 'create': ('POST', '*/issue'),
                   'update': ('PUT', '*/issue/*'), 'comment': ('POST', '*/comment')},
    'jira-datacenter': {'look-up': ('GET', '*/search'), 'create': ('POST', '*/issue'),
                        'update': ('PUT', '*/issue/*'), 'comment': ('POST', '*/comment')},
    'servicenow': {'look-up': ('GET', '*/incident'), 'create': ('POST', '*/incident'),
                   'update': ('PATCH', '*/incident/*'), 'comment': ('PATCH', '*/incident/*')},
    'resilient': {'look-up': ('POST', '*/query_paged'), 'create': ('POST', '*/incidents'),
                  'update': ('PATCH', '*/incidents/*'), 'comment': ('POST', '*/comments')},
}
CHOICES = {'servicenow': 'urgency', 'resilient': 'incidentTypes'}


# The table

class Row:
    """A fault, what it makes of each operation, and the words that the user sees then."""

    def __init__(self, line):
        name, *cells, words = [c.strip() for c in line.strip().strip('|').split('|')]
        self.name = re.sub(r'`.*`', '', name).strip().replace(' ', '_').replace(',', '')
        self.fault = json.loads(re.search(r'`(.*)`', name).group(1))
        self.cells = dict(zip(OPERATIONS, cells))
        self.words = re.findall('“([^”]*)”', words)
        equal(len(cells), len(OPERATIONS))

    @property
    def endless(self):
        return self.fault.get('kind') in ('hang', 'slow') and self.fault.get('milliseconds') != 1

    def expected(self, operation, kind):
        default, *exceptions = self.cells[operation].replace('`', '').split('<br>')
        named = dict(e.strip().split(': ') for e in exceptions)
        return named.get(kind, default.strip())


def rows():
    with open(TABLE, encoding='utf-8') as file:
        return [Row(line) for line in file if line.startswith('|') and '`{' in line]


# One cell

class Cell:
    def __init__(self, w, simulator, elsewhere, case, row, operation):
        self.w, self.simulator, self.case = w, simulator, case
        self.row, self.operation = row, operation
        self.fault = dict(row.fault)
        if self.fault['kind'] == 'redirect':
            self.fault['url'] = elsewhere.url
        self.limit = ENDLESS_LIMIT if row.endless else LIMIT

    @property
    def kind(self):
        return self.simulator.kind

    def arm(self):
        if self.operation in READS:
            self.simulator.fault(**self.fault)
            return
        method, path = REQUESTS[self.kind][self.operation]
        # ServiceNow's journal is trusted once an entry of ours is in it, so the second one fails.
        nth = 2 if self.operation == 'comment' else 1
        self.simulator.fault(method=method, path=path, nth=nth, **self.fault)

    def command(self):
        if self.operation == 'test':
            return ['connector', 'test', 'C']
        if self.operation == 'choices':
            return ['connector', 'choices', 'C', CHOICES.get(self.kind, 'issueType')]
        return ['push', self.case]

    def prepare(self):
        if self.operation == 'update':
            finish(self.w, self.simulator, self.case)
            self.w.ok('case', 'edit', self.case, '--title', 'Phishing, worse')
        self.arm()

    def run(self):
        """What the user gets: exit status, code and words of the error."""
        answer = self.w.run('--json', *self.command(), limit=self.limit)
        assert answer.code >= 0, 'ended by signal %d' % -answer.code
        document = answer.json
        error = (document['results'][0] if 'results' in document else document).get('error')
        fired = [r for r in self.simulator.requests() if r['fault'] is not None]
        assert fired, 'the fault met no request'
        return answer.code, error

    def check(self, status, error):
        expected = self.row.expected(self.operation, self.kind)
        code, message = (error['code'], error['message']) if error else (NOTHING, '')
        # For a push 5 says that it stopped as asked, and nobody asked.
        other = 5 if expected == 'conflict' and self.operation in READS else 1
        equal((code, status), (expected, STATUS.get(expected, other)))
        assert not error or any(words in message for words in self.row.words), message

    def go_on(self, error):
        """An uncertain end is decided by what is really there."""
        if self.operation in READS:
            self.w.ok(*self.command())
        if error and error['code'] == 'uncertain':
            answer = resolve(self.w, self.simulator, self.case)
            equal((answer.code, answer.out if answer.code else ''), (0, ''))
        finish(self.w, self.simulator, self.case)
        title = 'Phishing, worse' if self.operation == 'update' else 'Phishing'
        check_once(self.w, self.simulator, self.case, title, 'First description', COMMENTS)

    def whole(self):
        self.prepare()
        status, error = self.run()
        self.simulator.control('DELETE', 'faults')
        self.check(status, error)
        self.go_on(error)


def run_cell(template, simulator, elsewhere, case, row, operation):
    w = template.copy()
    simulator.control('POST', 'reset', {})
    try:
        Cell(w, simulator, elsewhere, case, row, operation).whole()
        equal(elsewhere.requests(), [])
        return []
    except Exception as error:  # the other cells say more together
        return ['%s: %s: %s %s' % (simulator.kind, operation, type(error).__name__, error)]
    finally:
        w.close()


# Rows

class System:
    """A simulator, and a workspace that each cell starts with."""

    def __init__(self, kind):
        self.w = Workspace()
        self.simulator = self.w.start(kind)
        self.elsewhere = self.w.start(kind)
        self.case = ready(self.w, self.simulator, comments=3)

    def run(self, row, operations):
        return [f for o in operations
                for f in run_cell(self.w, self.simulator, self.elsewhere, self.case, row, o)]


class Systems:
    """They are made once and lent to one row at a time."""

    def __init__(self):
        self.idle = {kind: queue.SimpleQueue() for kind in KINDS}

    def run(self, row, kind, operations):
        try:
            system = self.idle[kind].get_nowait()
        except queue.Empty:
            system = System(kind)
        try:
            return system.run(row, operations)
        finally:
            self.idle[kind].put(system)

    def close(self):
        for idle in self.idle.values():
            while not idle.empty():
                idle.get().w.close()


SYSTEMS = Systems()


def cells_of(row, number, sample):
    """Which operations are tried against which system."""
    if not sample and not row.endless:
        return {kind: OPERATIONS for kind in KINDS}
    return {kind: [o for i, o in enumerate(OPERATIONS) if (i + number) % len(KINDS) == k]
            for k, kind in enumerate(KINDS)}


def run_row(row, cells, w):
    """Waiting needs no processor: what is endless is tried all at once."""
    jobs = [(k, [o]) for k in cells for o in (cells[k] if row.endless else [])]
    jobs = jobs or list(cells.items())
    with ThreadPoolExecutor(len(jobs) if row.endless else 1) as pool:
        failures = [f for found in pool.map(lambda j: SYSTEMS.run(row, *j), jobs) for f in found]
    assert not failures, '\n'.join(failures)
    return '%d cells' % sum(len(o) for o in cells.values())


# Without a table

def refused_connection(kind, w):
    """The system comes up while the push waits."""
    simulator = w.start(kind)
    case = ready(w, simulator, comments=3)
    simulator.stop()
    process = begin_push(w, case)
    time.sleep(0.3)
    again = w.start(kind, 'port=' + simulator.url.rsplit(':', 1)[1])
    code, words = end_push(process)
    equal((code, words if code else ''), (0, ''))
    check_once(w, again, case, 'Phishing', 'First description', COMMENTS)


def lagging(w, milliseconds, **fault):
    simulator = w.start('jira-cloud', 'index-lag=%d' % milliseconds)
    case = ready(w, simulator, comments=3)
    simulator.fault(method='POST', path='*/issue', **fault)
    return simulator, case


def lost_create_shows_up_during_the_pauses(w):
    w.env['CASEBRIDGE_LOOKUP_PAUSES'] = '0,0.1,0.6'
    simulator, case = lagging(w, 400, kind='lost')
    equal(w.push(case)[0]['outcome'], 'created')
    check_once(w, simulator, case, 'Phishing', 'First description', COMMENTS)


def lost_create_shows_up_later(w):
    simulator, case = lagging(w, 1500, kind='lost')
    equal(w.push(case, code=UNCERTAIN)[0]['error']['code'], 'uncertain')
    equal(w.run('--json', 'outbox', 'resolve', case, '--search').code, UNCERTAIN)
    time.sleep(1.5)
    w.ok('outbox', 'resolve', case, '--search')
    check_once(w, simulator, case, 'Phishing', 'First description', COMMENTS)


def lost_create_never_shows_up(w):
    for kind in ('lost', 'reset'):
        simulator, case = lagging(w, 3600000, kind=kind)
        equal(w.push(case, code=UNCERTAIN)[0]['error']['code'], 'uncertain')
        equal(w.push(case, code=UNCERTAIN)[0]['error']['code'], 'uncertain')
        equal(len(simulator.incidents()), 1 if kind == 'lost' else 0)
        equal(resolve(w, simulator, case).code, 0)
        check_once(w, simulator, case, 'Phishing', 'First description', COMMENTS)
        w.ok('connector', 'update', 'C', '--name', kind)


def register():
    sample = '--sample' in sys.argv
    if sample:
        sys.argv.remove('--sample')
    for number, row in enumerate(sorted(rows(), key=lambda r: not r.endless)):
        test(partial(run_row, row, cells_of(row, number, sample)), row.name)
    for kind in KINDS:
        test(partial(refused_connection, kind), 'refused_connection_' + kind)
    test(lost_create_shows_up_during_the_pauses)
    test(lost_create_shows_up_later)
    test(lost_create_never_shows_up)


if __name__ == '__main__':
    register()
    status = main(workers=4)
    SYSTEMS.close()
    sys.exit(status)
