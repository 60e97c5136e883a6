/* A registry client of its own cache and loop for each scene, and requests that wait for their end.
 */
#ifndef CPM_TESTS_REGISTRY_CLIENT_H
#define CPM_TESTS_REGISTRY_CLIENT_H

#include "registry/registry.h"

#define FAULTS_STALL_MS 400

extern const char *faults_ports[2]; /* of the server */

struct faults_client {
    uv_loop_t loop;
    struct cpm_registry *reg;
    struct cpm_registry_options opts;
    char url[256], cache[64];
    uint64_t counted; /* requests, before the one that is looked at */
};

struct faults_outcome {
    int status;
    char text[CPM_ERROR_TEXT];
    const struct cpm_packument *packument;
    bool from_cache;
    uint64_t ms, requests;
};

/* A client whose registry is `path` on the first port; its cache folder stays through openings. */
void faults_open_client(struct faults_client *c, const char *path);
void faults_close_loop(struct faults_client *c); /* the cache stays */
void faults_close_client(struct faults_client *c);
/* Runs the loop to its end; time and requests go into *o. */
void faults_run(struct faults_client *c, struct faults_outcome *o);
struct faults_outcome faults_get_packument(struct faults_client *c, const char *name, bool full);
struct faults_outcome faults_get_tarball(struct faults_client *c, const char *url,
                                         const char *integrity);

/* One check: counted, and told when it went wrong. */
void faults_expect(bool good, const char *what, const struct faults_outcome *o);
unsigned faults_report(void);      /* prints the counts; how many were wrong */
extern char faults_integrity[128]; /* of the server's tarball */
void faults_learn_integrity(void);
/* registry_scenes.c; tls_port NULL: the server speaks no TLS. */
void faults_play_scenes(const char *tls_port, const char *cafile);

#endif
