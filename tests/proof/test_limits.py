#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many cases with many comments against Jira Cloud's limits on writes to one issue. Prints TAP.

With --sample only a few cases, and no time is asserted: a sanitizer's is not the program's."""

import json
import sys
import time

from proof import check_once, equal, main, remotes, test

SAMPLE = '--sample' in sys.argv
COMMENTS = 50
SIDE_BY_SIDE = 4
LIMITS = ((20, 2), (100, 30))
SLACK = 1.11


def cases(number):
    return [{'id': 'case-%04d' % case, 'title': 'Case %d' % case, 'description': 'Text',
             'comments': [{'id': 'c%d' % comment, 'type': 'user', 'comment': 'Comment %d.' % comment,
                           'created_at': '2026-11-24T08:00:00.000Z'} for comment in range(COMMENTS)]}
            for case in range(number)]


def ideal_seconds(n_cases):
    """Every write as early as the rolling windows allow, the create counted, requests for nothing."""
    times = []
    for n in range(COMMENTS + 1):
        times.append(max([times[n - writes] + seconds for writes, seconds in LIMITS if n >= writes],
                         default=0))
    return -(-n_cases // SIDE_BY_SIDE) * times[-1]


def within_the_limits(w):
    n_cases = 8 if SAMPLE else 100
    simulator = w.start('jira-cloud')
    w.ok('connector', 'default', w.add(simulator))
    all_cases = cases(n_cases)
    w.ok('case', 'import', '-', stdin=json.dumps(all_cases))
    start = time.monotonic()
    answer = w.run('--json', 'push', *[case['id'] for case in all_cases], limit=400)
    seconds = time.monotonic() - start
    equal((answer.code, {r['outcome'] for r in answer.json['results']}), (0, {'created'}))
    there = {incident.title: incident for incident in remotes(simulator)}
    equal(sorted(there), sorted(case['title'] for case in all_cases))
    for incident in there.values():
        equal([text.split('.')[0] for text in incident.comments],
              ['Comment %d' % n for n in range(COMMENTS)])
        equal(len(set(incident.tokens)), COMMENTS)
    requests = simulator.requests()
    equal([r['path'] for r in requests if r['status'] == 429], [])
    equal(sum(r['requests'] for r in answer.json['results']), len(requests))
    ratio = seconds / ideal_seconds(n_cases)
    assert SAMPLE or ratio <= SLACK, '%.2f times the ideal' % ratio
    return '%d cases, %.1f s, %.2f times the ideal' % (n_cases, seconds, ratio)


def refused_once(w):
    """Limits that are not known beforehand: what is refused is sent when the system says so."""
    simulator = w.start('jira-datacenter')
    w.ok('connector', 'default', w.add(simulator))
    all_cases = cases(6)
    w.ok('case', 'import', '-', stdin=json.dumps(all_cases))
    simulator.fault(kind='status', method='POST', path='*/comment', nth=20, count=3, status=429,
                    headers={'Retry-After': '1', 'X-RateLimit-Remaining': '0'})
    answer = w.run('--json', 'push', *[case['id'] for case in all_cases], limit=120)
    equal((answer.code, {r['outcome'] for r in answer.json['results']}), (0, {'created'}))
    equal(sorted(len(set(incident.tokens)) for incident in remotes(simulator)), [COMMENTS] * 6)
    for incident in remotes(simulator):
        equal(len(incident.tokens), COMMENTS)


def one_case(w):
    """Nothing is lost either where one case meets both limits."""
    simulator = w.start('jira-cloud')
    w.ok('connector', 'default', w.add(simulator))
    case = cases(1)[0]
    w.ok('case', 'import', '-', stdin=json.dumps(case))
    w.push(case['id'])
    check_once(w, simulator, case['id'], case['title'], 'Text',
               ['Comment %d' % n for n in range(COMMENTS)])
    equal([r['path'] for r in simulator.requests() if r['status'] == 429], [])


test(within_the_limits)
test(refused_once)
test(one_case)

if SAMPLE:
    sys.argv.remove('--sample')
sys.exit(main(1))
