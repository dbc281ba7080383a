/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Rules of a push: what is in the journal before a request leaves (4), exactly once (5), order and
 * locks (6). check-model has spin try every interleaving. Labels and inlines have the names of the
 * functions of src/push that they stand for.
 *
 * Two processes push one case of one workspace. At any moment, and any number of times, a process may
 * be killed, a request or its answer may be lost, a look-up may fail, and the journal may fall back to
 * an earlier state.
 *
 * Claimed:
 *   - there are never two incidents; each comment is there once, and in order; at any time, not only
 *     in runs that end well (the assertions of Server);
 *   - a run that ends done has lost nothing (the assertion of complete);
 *   - nothing is stuck (no invalid end states), and once faults are over the push gets done, with the
 *     analyst's decision where it ends uncertain (settles).
 *
 * Assumed, as nothing can be known without:
 *   - by the end of the last pause a request has been carried out or never will be, and an index that
 *     is trusted has it;
 *   - the analyst, too, looks after that, and no push comes between the look and the decision;
 *   - a backup is restored when everything else has ended, and after any index has settled. A power
 *     cut that takes the last transactions with it is such a restore.
 *
 * Not true, and therefore excluded unless KNOWN_LIMIT is defined: where the account may not read
 * ServiceNow's journal, a backup that knows the incident, or had started to create it, sends again each
 * comment that is there but that it has neither recorded nor started. It cannot tell such a comment from
 * one that was never sent. */

/* Which channel tells what is there. */
#define TRUSTED 1               /* Resilient, Jira Data Center: index and comments */
#define LAGGING 2               /* Jira Cloud: the comments; its index finds new incidents late */
#define JOURNAL 3               /* ServiceNow: the table; its journal where the account may read it */
#ifndef KIND
#define KIND TRUSTED
#endif

#define COMMENTS 3
#define PAUSES 2                /* one that is too short, and the last one */

/* Steps are numbered, comments from 1; sets of steps are bits. */
#define CREATE 0
#define NO_STEP 15
#define BIT(step) (1 << (step))
#define HAS(set, step) ((set) & BIT (step))
#define ALL (BIT (COMMENTS + 1) - 1)
#define IS_COMMENT(step) ((step) != CREATE && (step) != NO_STEP)

#define NOBODY 2

mtype = { running, done, failed, uncertain };  /* how the last push ended */
mtype = { none, sent, answered, refused, dropped };  /* the request that the holder waits for */

/* The database: incident and comments that are known to be there, and steps that were started and of
 * which nobody knows more ('started' and 'uncertain' are looked up alike). */
byte recorded, unsettled;
bool doubtful;                  /* nobody here knows which comments are in the incident */
mtype outcome = running;

/* The kernel's lock for (case, destination). */
byte holder = NOBODY;
bool killed;                    /* its process, which will hold it no more */

/* The server. */
byte incidents, indexed, comments;
bool readable = true;
chan wire = [2] of { byte };
mtype request = none;

bool calm;                      /* no more faults */

#define SEEN_COMMENTS (BIT (comments + 1) - 2)
#define THERE (incidents + SEEN_COMMENTS)
#define ARRIVED (len (wire) == 0)
#define SETTLED (ARRIVED && indexed == incidents)

/* An account that may not read the journal sees none; one that sees any of ours sees them all. */
#define SHOWS_COMMENTS (KIND != JOURNAL || seen != 0)

/* Mutants: each breaks one rule, and check-model wants an error for each. */
#ifdef MUTANT_ABSENCE_ALWAYS_COUNTS
#define ABSENCE_COUNTS true
#else
#define ABSENCE_COUNTS (KIND != LAGGING)
#endif
#ifdef MUTANT_NO_PAUSES
#define AFTER_LAST_PAUSE true
#elif KIND == LAGGING
#define AFTER_LAST_PAUSE ARRIVED
#else
#define AFTER_LAST_PAUSE SETTLED
#endif
#ifdef MUTANT_NO_LOCK
#define LOCK_IS_FREE true
#else
#define LOCK_IS_FREE (holder == NOBODY)
#endif
#ifdef MUTANT_EMPTY_JOURNAL_COUNTS
#define ABSENT_COMMENTS_ARE_KNOWN true
#else
#define ABSENT_COMMENTS_ARE_KNOWN SHOWS_COMMENTS
#endif
#ifdef MUTANT_GOES_ON
#define IS_OVER(step) HAS (recorded | unsettled, step)
#else
#define IS_OVER(step) HAS (recorded, step)
#endif
#ifdef MUTANT_NEVER_DOUBTS
#define IS_DOUBTFUL false
#else
#define IS_DOUBTFUL (KIND == JOURNAL && lost != CREATE)
#endif
#ifdef MUTANT_FOUND_IS_NOT_DONE
#define FOUND 0
#else
#define FOUND seen
#endif

inline cb_journal_load ()
{
  lost = NO_STEP;
  position = 0;
  do
  :: position <= COMMENTS && !HAS (unsettled, position) -> position++
  :: position <= COMMENTS && HAS (unsettled, position) -> lost = position; break
  :: position > COMMENTS -> break
  od;
  position = 0;
#ifdef MUTANT_NO_LOOK_UP
  lost = NO_STEP;
#endif
}

/* Result and step: one transaction. */
inline record_step (step)
{
  recorded = recorded | BIT (step);
  unsettled = unsettled & ~BIT (step)
}

/* Comments of which nobody knows whether they are there, and that this account could not see. */
inline mark_doubts ()
{
  if
  :: ABSENT_COMMENTS_ARE_KNOWN -> unsettled = 0
  :: !ABSENT_COMMENTS_ARE_KNOWN && doubtful -> unsettled = ALL & ~recorded
  :: !ABSENT_COMMENTS_ARE_KNOWN && !doubtful -> unsettled = unsettled & ~recorded & ~BIT (CREATE)
  fi;
#ifdef MUTANT_DOUBTS_ONE
  unsettled = unsettled & -unsettled;
#endif
#ifndef MUTANT_DOUBTS_FOREVER
  doubtful = false
#endif
}

/* Only the last pause is long enough for any request. */
inline pauses ()
{
#ifdef MUTANT_WAITS_FOREVER
  AFTER_LAST_PAUSE
#else
  atomic { look_ups < PAUSES - 1 || AFTER_LAST_PAUSE -> look_ups++ }
#endif
}

inline end (how)
{
  lost = NO_STEP; seen = 0; look_ups = 0; position = 0;
  request = none;
  outcome = how;
  holder = NOBODY
}

/* cb_pusher_push_async (), again and again until it is done. A kill comes between any two statements; what
 * is atomic is one transaction, one request, or what leaves no trace. */
proctype Pusher (byte self)
{
  byte lost = NO_STEP, seen, look_ups, position;

end_idle:
  do
  :: outcome != done && (!calm || (outcome != uncertain && holder == NOBODY)) ->
     {
#ifdef MUTANT_LOAD_BEFORE_LOCK
       atomic { cb_journal_load () };
       atomic { LOCK_IS_FREE -> holder = self };
#else
       atomic { LOCK_IS_FREE -> holder = self; cb_journal_load () };
#endif
       atomic {
         outcome = running;
         if
         :: recorded == ALL -> goto complete
         :: recorded != ALL && !HAS (recorded, CREATE) -> goto look_up
         :: recorded != ALL && HAS (recorded, CREATE) -> goto read_incident
         fi
       };

look_up:
       if
       :: !calm -> goto fail
       :: indexed == 0 -> goto judge_absence
       :: indexed > 0 -> goto adopt
       fi;

judge_absence:
       if
       :: lost != CREATE -> goto make_plan
       :: lost == CREATE && look_ups < PAUSES -> pauses (); goto look_up
       :: lost == CREATE && look_ups == PAUSES && ABSENCE_COUNTS -> goto make_plan
       :: lost == CREATE && look_ups == PAUSES && !ABSENCE_COUNTS -> goto fail_uncertain
       fi;

adopt:
#ifdef MUTANT_DOUBTS_LATER
       recorded = recorded | BIT (CREATE);
       doubtful = IS_DOUBTFUL;
#else
       atomic { recorded = recorded | BIT (CREATE); doubtful = IS_DOUBTFUL };
#endif

read_incident:
       if
       :: !calm -> goto fail
       :: seen = (readable -> SEEN_COMMENTS : 0)
       fi;
       if
       :: IS_COMMENT (lost) && !HAS (seen, lost) && look_ups < PAUSES -> pauses (); goto read_incident
       :: else
       fi;

make_plan:
       /* cb_journal_record_comment (), cb_journal_settle (), cb_journal_begin (): one transaction. */
       atomic {
         recorded = recorded | FOUND;
         mark_doubts ();
         lost = NO_STEP; look_ups = 0
       };

next_step:
       atomic {
         position = 0;
         do
         :: position <= COMMENTS && IS_OVER (position) -> position++
         :: position <= COMMENTS && !IS_OVER (position) -> break
         :: position > COMMENTS -> goto complete
         od;
         if
         :: HAS (unsettled, position) -> goto fail_uncertain
         :: else
         fi;
#ifndef MUTANT_STEP_AFTER_REQUEST
         unsettled = unsettled | BIT (position)
#endif
       };

send_step:
       atomic { wire ! position; request = sent };
#ifdef MUTANT_STEP_AFTER_REQUEST
       unsettled = unsettled | BIT (position);
#endif
#ifdef MUTANT_DONE_BEFORE_ANSWER
       atomic { record_step (position); goto next_step };
#endif
       if
       :: atomic { request == answered -> record_step (position); request = none }; goto next_step
       :: atomic { request == refused -> unsettled = unsettled & ~BIT (position) }; goto fail
       :: atomic { request == dropped || !calm -> request = none }
       fi;

fail_step:
#ifdef MUTANT_LOST_IS_FAILED
       atomic { unsettled = unsettled & ~BIT (position); goto fail };
#endif
#ifdef MUTANT_GOES_ON
       goto next_step;
#endif
look_up_lost_step:
       /* As a run after a crash would. */
       atomic {
         lost = position;
         position = 0;
#ifdef MUTANT_PAUSES_ONCE
         look_ups = PAUSES;
#endif
#ifdef MUTANT_NO_LOOK_UP
         goto make_plan;
#endif
         if
         :: lost == CREATE -> goto look_up
         :: lost != CREATE -> goto read_incident
         fi
       };

complete:
       atomic {
         assert (incidents == 1 && comments == COMMENTS);
         end (done);
         goto end_idle
       };
fail:
       atomic { end (failed); goto end_idle };
fail_uncertain:
       atomic { end (uncertain); goto end_idle }
     }
     unless
     {
       atomic {
         killed && holder == self ->
         killed = false;
         end (failed);
#ifdef MUTANT_LOCK_OUTLIVES_PROCESS
         holder = self
#endif
       }
     }
  od
}

/* What the external system makes of requests. */
active proctype Server ()
{
  byte step;

end_idle:
  do
  :: atomic {
       wire ? step ->
       if
       :: step == CREATE -> incidents++; assert (incidents == 1)
       :: step != CREATE -> assert (incidents == 1 && step == comments + 1); comments++
       fi;
       request = (request == sent -> answered : none);
       step = 0
     }
  :: atomic { !calm && !ARRIVED -> wire ? step; request = (request == sent -> dropped : none); step = 0 }
  :: atomic { !calm && !ARRIVED -> wire ? step; request = (request == sent -> refused : none); step = 0 }
  od
}

/* The index behind cb_connector_find_incidents_async (). */
active proctype Index ()
{
end_idle:
  do
  :: indexed < incidents -> indexed = incidents
  od
}

#ifdef KNOWN_LIMIT
#define MAY_KNOW_OF(n) true
#else
#define MAY_KNOW_OF(n) (readable || comments <= (n))
#endif

active proctype Faults ()
{
  byte step;

end_idle:
  do
  :: atomic { holder != NOBODY && !calm -> killed = true }
  :: atomic {
       /* A second workspace without a common lock is this one with an earlier journal, as it only
        * runs when the first has ended. Steps go in order, so the first that it lacks tells all. */
       holder == NOBODY && SETTLED && !calm ->
       do
       :: HAS (recorded, step) -> step++
       :: break
       od;
       if
       :: step == CREATE || MAY_KNOW_OF (step - 1) ->
          recorded = BIT (step) - 1; unsettled = 0;
          doubtful = doubtful && step != CREATE
       :: !readable && step > CREATE -> recorded = BIT (CREATE); unsettled = 0; doubtful = true
       :: HAS (recorded | unsettled, step) && MAY_KNOW_OF (step) ->
          recorded = BIT (step) - 1; unsettled = BIT (step)
       :: else
       fi;
       step = 0;
       outcome = running
     }
  :: atomic { !calm -> calm = true; break }
  od
}

/* outbox resolve. What is there is linked (--link) or marked (--mark-sent), what is not is sent again
 * (--send-again); --search is another push. */
active proctype Analyst ()
{
  byte step;

end_idle:
  do
  :: atomic {
       holder == NOBODY && unsettled != 0 && ARRIVED ->
       do
       :: HAS (unsettled, step) -> break
       :: else -> step++
       od;
       /* Steps go in order: where one is not there, none after it is. */
       if
       :: HAS (THERE, step) -> recorded = recorded | BIT (step); unsettled = unsettled & ~BIT (step)
       :: else -> unsettled = 0
       fi;
#ifdef MUTANT_ONE_DECISION_FOR_ALL
       unsettled = 0;
#endif
       step = 0;
       outcome = running
     }
  od
}

init
{
  atomic {
#if KIND == JOURNAL
    if
    :: readable = true
    :: readable = false
    fi;
#endif
    run Pusher (0);
    run Pusher (1)
  }
}

ltl settles { [] (calm -> <> (outcome == done)) }
