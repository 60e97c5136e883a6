/* What the linker and the flow of an installation use of the store beyond install/store.h. */
#ifndef CPM_INSTALL_STORE_ENTRY_H
#define CPM_INSTALL_STORE_ENTRY_H

#include "base/map.h"
#include "install/store.h"
#include "install/store_index.h"

const struct cpm_store_index *cpm_store_entry_index(const struct cpm_store_entry *e);
/* A new descriptor of the folder with the entry's files; -1 and errno when it is gone. */
int cpm_store_entry_open(const struct cpm_store_entry *e);
/* True for an entry that this process wrote: nobody had the time to change its files. */
bool cpm_store_entry_is_fresh(const struct cpm_store_entry *e);
/* Under which name a file of the index stands in the entry's folder. */
#define CPM_STORE_FILE_NAME 12
void cpm_store_file_name(uint32_t file, char name[CPM_STORE_FILE_NAME]);
/* Is a file of the entry's folder as it was unpacked? Size and time tell of its bytes. A mode that
 * somebody changed through a hard link leaves them good, but the next link would have it too. */
enum cpm_store_file_state { CPM_FILE_CHANGED, CPM_FILE_OTHER_MODE, CPM_FILE_INTACT };
enum cpm_store_file_state cpm_store_file_state(const struct cpm_store_index *index, uint32_t file,
                                               int dir);
/* Throws a damaged entry away; `e` stays readable until the store closes. */
void cpm_store_drop(struct cpm_store *store, const struct cpm_store_entry *e);

/* Makes all that was added so far durable and trusted after a power cut: one syncfs, then a mark.
 * Nothing to do: 0 at once. Any thread. */
int cpm_store_sync(struct cpm_store *store, struct cpm_error *err);
/* "sha512-…" that the entry is found by; lives as long as the entry. */
struct cpm_str cpm_store_entry_integrity(const struct cpm_store_entry *e);

/* Fetches that are under way (install/fetch.c); touched by the loop's thread alone. */
struct cpm_store_jobs {
    struct cpm_map running;   /* by content or address */
    uint64_t large;           /* bytes that the large ones are being inflated to now */
    struct job *first, *last; /* large ones that wait for others to end */
};
struct cpm_store_jobs *cpm_store_jobs(struct cpm_store *store);

/* Bytes added by this store handle. */
uint64_t cpm_store_added(struct cpm_store *store);
/* A new empty folder of this process, on the store's file system: gone when the store closes. */
int cpm_store_temp(struct cpm_store *store, struct cpm_arena *arena, const char **path,
                   struct cpm_error *err);
/* Under which integrity the store holds what a key names (a commit): a note that is lost costs a
 * fetch. "" when there is none. Any thread. */
struct cpm_str cpm_store_note_get(const struct cpm_store *store, struct cpm_str key,
                                  struct cpm_arena *arena);
void cpm_store_note_set(const struct cpm_store *store, struct cpm_str key, struct cpm_str note);
int cpm_store_fd(const struct cpm_store *store);
const char *cpm_store_path(const struct cpm_store *store);

#endif
