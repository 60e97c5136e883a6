/* npm's table: the first row whose end the distance does not reach. Within a week it is not the
 * moment that counts but the midnight that its day began with. */
#include "cli/relative_time.h"

#include <time.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, WEEK = 7 * DAY };
#define MONTH (30 * (int64_t)DAY)
#define YEAR  (365 * (int64_t)DAY)

static const struct {
    int64_t end;  /* seconds */
    int64_t unit; /* what is counted; 0: `one` says it */
    const char *word, *one, *one_to_come;
} rows[] = {
    {30, 0, NULL, "just now", "just now"},
    {MINUTE, 1, "seconds", NULL, NULL},
    {2 * MINUTE, 0, NULL, "a minute ago", "a minute from now"},
    {HOUR, MINUTE, "minutes", NULL, NULL},
    {2 * HOUR, 0, NULL, "an hour ago", "an hour from now"},
    {DAY, HOUR, "hours", NULL, NULL},
    {2 * DAY, 0, NULL, "yesterday", "tomorrow"},
    {WEEK, DAY, "days", NULL, NULL},
    {2 * WEEK, 0, NULL, "a week ago", "a week from now"},
    {MONTH, WEEK, "weeks", NULL, NULL},
    {2 * MONTH, 0, NULL, "a month ago", "a month from now"},
    {YEAR, MONTH, "months", NULL, NULL},
    {2 * YEAR, 0, NULL, "a year ago", "a year from now"},
    {INT64_MAX, 0, NULL, "over a year ago", "over a year from now"},
};

/* Math.round of the distance in seconds. */
static int64_t seconds_between(int64_t a, int64_t b)
{
    return ((a > b ? a - b : b - a) + 500) / 1000;
}

static int64_t midnight_before(int64_t ms)
{
    time_t seconds = (time_t)(ms >= 0 ? ms / 1000 : (ms - 999) / 1000);
    struct tm day;

    localtime_r(&seconds, &day);
    day.tm_sec = day.tm_min = day.tm_hour = 0;
    day.tm_isdst = -1;
    return (int64_t)mktime(&day) * 1000;
}

const char *cpm_relative_time(struct cpm_arena *arena, int64_t then, int64_t now)
{
    int64_t distance = seconds_between(now, then);
    size_t i = 0;

    if (distance > DAY && distance < WEEK) {
        then = midnight_before(then);
        distance = seconds_between(now, then);
    }
    while (distance >= rows[i].end)
        i++;
    if (!rows[i].unit)
        return now >= then ? rows[i].one : rows[i].one_to_come;
    return cpm_arena_printf(arena, "%lld %s %s", (long long)(distance / rows[i].unit), rows[i].word,
                            now >= then ? "ago" : "from now");
}
