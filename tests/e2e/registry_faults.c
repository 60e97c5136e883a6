/* The registry client against a registry that fails on purpose (tests/fixtures/fault_server.mjs,
 * which runs this program with its ports). Every row is a fault, met by a packument and by a
 * tarball; it must be survived, or end cleanly with the code that the row names, in the time that
 * it gives. */
#include "registry_client.h"

#include "base/fs.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned survived, clean;

#define SURVIVES 0

struct row {
    const char *fault;
    int packument, tarball; /* the code, or SURVIVES */
    unsigned ms;            /* at most */
};

static void try_row(const char *when, const struct row *row)
{
    char path[128], url[512], what[160];
    struct faults_client c = {.reg = NULL};
    struct faults_outcome o;

    snprintf(path, sizeof(path), "%s/%s/1/", when, row->fault);
    faults_open_client(&c, path);
    o = faults_get_packument(&c, "pkg", false);
    snprintf(what, sizeof(what), "%s %s packument", when, row->fault);
    faults_expect(o.status == row->packument && o.ms <= row->ms, what, &o);
    survived += o.status == 0;
    clean += o.status < 0;
    snprintf(url, sizeof(url), "%spkg/-/pkg-1.0.0.tgz", c.url);
    o = faults_get_tarball(&c, url, faults_integrity);
    snprintf(what, sizeof(what), "%s %s tarball", when, row->fault);
    faults_expect(o.status == row->tarball && o.ms <= row->ms, what, &o);
    survived += o.status == 0;
    clean += o.status < 0;
    faults_close_client(&c);
}

static void faults_of_one_moment_are_survived(void)
{
    static const struct row once[] = {
        {"reset-before", 0, 0, 2000},
        {"reset-mid", 0, 0, 2000},
        {"close-before", 0, 0, 2000},
        {"cut-length", 0, 0, 2000},
        {"cut-no-length", 0, 0, 2000},
        {"cut-chunked", 0, 0, 2000},
        {"cut-header", 0, 0, 2000},
        {"short-length", 0, 0, 2000},
        {"long-length", 0, 0, 2000},
        {"bad-chunk", 0, 0, 2000},
        {"429-seconds", 0, 0, 3000},
        {"429-date", 0, 0, 3000},
        {"503-seconds", 0, 0, 3000},
        {"503-date", 0, 0, 3000},
        {"500", 0, 0, 2000},
        {"502", 0, 0, 2000},
        {"504", 0, 0, 2000},
        {"bit-flip", 0, 0, 2000},
        {"empty-200", 0, 0, 2000},
        {"html-200", 0, 0, 2000},
        {"bad-gzip", 0, 0, 2000},
        {"cut-gzip", 0, 0, 2000},
        {"wrong-encoding", 0, 0, 2000},
        {"not-http", 0, 0, 2000},
        {"304", 0, 0, 2000},
        {"stall-before", 0, 0, FAULTS_STALL_MS + 2000},
        {"stall-mid", 0, 0, FAULTS_STALL_MS + 2000},
    };

    survived = clean = 0;
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
        try_row("once", &once[i]);
    printf("one-shot faults: %u survived, %u not\n", survived, clean);
}

static void faults_that_stay_end_cleanly(void)
{
    static const struct row always[] = {
        {"reset-before", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"reset-mid", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"cut-length", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"cut-no-length", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"cut-chunked", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"bad-chunk", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"429-seconds", CPM_EHTTP, CPM_EHTTP, 10000},
        {"500", CPM_EHTTP, CPM_EHTTP, 5000},
        {"502", CPM_EHTTP, CPM_EHTTP, 5000},
        {"401", CPM_E401, CPM_E401, 1000},
        {"403", CPM_E403, CPM_E403, 1000},
        {"404", CPM_E404, CPM_E404, 1000},
        {"410", CPM_EHTTP, CPM_EHTTP, 1000},
        {"304", CPM_EHTTP, CPM_EHTTP, 5000},
        {"bit-flip", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"empty-200", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"html-200", CPM_EJSONPARSE, CPM_EINTEGRITY, 5000},
        {"bad-gzip", CPM_EIO, CPM_EINTEGRITY, 5000},
        {"wrong-encoding", CPM_EIO, CPM_EINTEGRITY, 5000},
        {"not-http", CPM_ENETWORK, CPM_ENETWORK, 5000},
        {"redirect-loop", CPM_ENETWORK, CPM_ENETWORK, 1000},
        {"redirect-nowhere", CPM_ENETWORK, CPM_ENETWORK, 1000},
        {"large-headers", CPM_ETOOBIG, CPM_ETOOBIG, 2000},
        {"too-large", CPM_ETOOBIG, CPM_ETOOBIG, 1000},
        {"too-large-chunked", CPM_ETOOBIG, CPM_ETOOBIG, 3000},
        {"stall-before", CPM_ETIMEDOUT, CPM_ETIMEDOUT, 3 * FAULTS_STALL_MS + 3000},
        {"stall-mid", CPM_ETIMEDOUT, CPM_ETIMEDOUT, 3 * FAULTS_STALL_MS + 3000},
        {"other-name", CPM_E404, CPM_EINTEGRITY, 2000},
        {"slow", SURVIVES, SURVIVES, 5000},
    };

    survived = clean = 0;
    for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
        try_row("always", &always[i]);
    printf("persistent faults: %u ended cleanly, %u survived (a slow server is no fault)\n", clean,
           survived);
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 5)
        return 2;
    faults_ports[0] = argv[1];
    faults_ports[1] = argv[2];
    setvbuf(stdout, NULL, _IOLBF, 0);
    faults_learn_integrity();
    faults_of_one_moment_are_survived();
    faults_that_stay_end_cleanly();
    faults_play_scenes(argc == 5 ? argv[3] : NULL, argc == 5 ? argv[4] : NULL);
    return faults_report() ? 1 : 0;
}
