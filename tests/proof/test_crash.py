#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a push at request 1, 2, 3 … in every way, and goes on until it is done. Prints TAP.

For each system and each way to end: a push of a case with five comments, then an edit and an
update; the n-th request of the two fails; n grows until neither push has an n-th request any more.
With --sample each request fails in one way only, another one for each."""

import signal
import subprocess
import sys
import time
from functools import partial

from proof import (KINDS, UNCERTAIN, begin_push, check_once, end_push, equal, finish, main, ready,
                   test, wait_until)

COMMENTS = ['Comment %d' % number for number in range(1, 6)]

WAYS = {
    'killed_after_processing': ({'kind': 'hang', 'processed': True}, [signal.SIGKILL]),
    'killed_before_processing': ({'kind': 'hang', 'processed': False}, [signal.SIGKILL]),
    'answer_lost': ({'kind': 'lost'}, []),
    'reset_before_processing': ({'kind': 'reset'}, []),
    'interrupted': ({'kind': 'delay', 'processed': True, 'milliseconds': 250}, [signal.SIGTERM]),
    'interrupted_twice': ({'kind': 'hang', 'processed': True}, [signal.SIGTERM, signal.SIGTERM]),
}


class Point:
    """One request that fails in one way."""

    def __init__(self, w, simulator, case, way, number):
        self.w, self.simulator, self.case, self.number = w, simulator, case, number
        self.fault, self.signals = WAYS[way]
        simulator.control('POST', 'reset', {})
        simulator.fault(nth=number, **self.fault)

    @property
    def reached(self):
        return self.simulator.faults()[0]['seen'] >= self.number

    def failed_request(self):
        return next(r for r in self.simulator.requests() if r['fault'] is not None)

    def comments_of_ours(self):
        return [r for r in self.simulator.requests() if r['fault'] is None and
                r['method'] == 'PATCH' and '[cb-' in (r['body'] or '')]

    def is_create(self):
        request = self.failed_request()
        return request['method'] == 'POST' and request['path'].endswith(('/issue', '/incident',
                                                                         '/incidents'))

    def writes(self):
        request = self.failed_request()
        return request['method'] != 'GET' and not request['path'].endswith('/query_paged')

    def absent(self):
        return self.fault['kind'] == 'reset' or self.fault.get('processed') is False

    def must_be_uncertain(self):
        return self.simulator.kind == 'jira-cloud' and self.absent() and self.is_create()

    def may_be_uncertain(self):
        if self.simulator.kind != 'servicenow' or not self.absent():
            return self.must_be_uncertain()
        request = self.failed_request()
        return 'comments' in (request['body'] or '') and not self.comments_of_ours()

    def send_signals(self, process):
        wait_until(lambda: process.poll() is not None or self.reached,
                   'neither the request nor the end came')
        for number in self.signals:
            if self.reached and process.poll() is None:
                process.send_signal(number)
                time.sleep(0.05 if number is signal.SIGTERM else 0)
        # Two that come to a busy process at once count as one.
        while len(self.signals) > 1 and self.reached and process.poll() is None:
            process.send_signal(self.signals[-1])
            time.sleep(0.2)

    def run_push(self):
        process = begin_push(self.w, self.case)
        self.send_signals(process)
        return end_push(process)

    def check_end(self, code, words):
        """How the push that failed may have ended."""
        if not self.reached:
            equal((code, words if code else ''), (0, ''))
        elif self.signals == [signal.SIGKILL]:
            equal(code, -signal.SIGKILL)
        elif self.signals:
            # One more signal may meet a process that has answered and is about to end.
            too_late = code == -signal.SIGTERM and len(self.signals) > 1 and '"outcome":"cancelled"' in words
            assert code in (0, 130) or too_late, (code, words)
        elif self.must_be_uncertain():
            equal((code, words if code != UNCERTAIN else ''), (UNCERTAIN, ''))
        elif self.writes() and not (code == UNCERTAIN and self.may_be_uncertain()):
            equal((code, words if code else ''), (0, ''))
        else:
            assert code in (0, 1, UNCERTAIN if self.may_be_uncertain() else 1), (code, words)

    def push(self):
        if self.reached:
            finish(self.w, self.simulator, self.case)
            return
        code, words = self.run_push()
        self.check_end(code, words)
        if not self.reached:
            return
        decisions = finish(self.w, self.simulator, self.case, self.may_be_uncertain())
        assert decisions or not self.must_be_uncertain(), 'sent again without proof of absence'

    def run(self):
        self.push()
        self.w.ok('case', 'edit', self.case, '--title', 'Phishing, worse', '--description',
                  'Second description')
        self.push()
        check_once(self.w, self.simulator, self.case, 'Phishing, worse', 'Second description',
                   COMMENTS)
        return self.reached


def run_point(template, simulator, case, way, number):
    """Returns whether there was such a request, and what went wrong."""
    w = template.copy()
    point = Point(w, simulator, case, way, number)
    try:
        return point.run(), None
    except (AssertionError, ValueError, subprocess.TimeoutExpired) as error:
        where = '%s %s' % ((point.failed_request()['method'], point.failed_request()['target'])
                           if point.reached else ('no', 'request'))
        return point.reached, '%s at request %d (%s): %s' % (way, number, where, error)
    finally:
        w.close()


def run_matrix(kind, ways_of, w):
    simulator = w.start(kind)
    case = ready(w, simulator)
    failures, points, number, reached = [], 0, 0, True
    while reached:
        number += 1
        for way in ways_of(number):
            reached, failure = run_point(w, simulator, case, way, number)
            points += reached
            failures += [failure] if failure else []
    assert number > 8, 'only %d requests' % number
    assert not failures, '%d of %d points:\n%s' % (len(failures), points, '\n'.join(failures))
    return '%d requests, %d points' % (number - 1, points)


def register():
    sample = '--sample' in sys.argv
    if sample:
        sys.argv.remove('--sample')
    for kind in KINDS:
        if sample:
            test(partial(run_matrix, kind, lambda n: [list(WAYS)[n % len(WAYS)]]), kind)
            continue
        for way in WAYS:
            test(partial(run_matrix, kind, lambda n, way=way: [way]), '%s_%s' % (kind, way))


if __name__ == '__main__':
    register()
    sys.exit(main(workers=2))
