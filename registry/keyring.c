#include "registry/keyring.h"

#include "base/mem.h"
#include "registry/endpoints.h"
#include "registry/registry_private.h"

#define CLIENT_ERROR 400
#define SERVER_ERROR 500

struct cpm_keyring {
    struct cpm_registry *reg;
    struct cpm_http_request http;
    struct cpm_keyring_wait *waiting;
    bool answered;
    int status;
    struct cpm_error err;
    bool published;
    struct cpm_registry_keys keys;
};

static void tell(const struct cpm_keyring *ring, struct cpm_keyring_wait *wait)
{
    wait->status = ring->status;
    wait->err = ring->err;
    wait->keys = ring->published ? &ring->keys : NULL;
}

static void on_answer(struct cpm_http_request *http)
{
    struct cpm_keyring *ring = http->data;
    ring->answered = true;
    ring->status = http->status;
    ring->err = http->err;
    if (http->status == 0 && http->http_status >= SERVER_ERROR) {
        ring->status = cpm_http_request_error(http, &ring->err);
    } else if (http->status == 0 && http->http_status < CLIENT_ERROR) {
        ring->published = true;
        ring->status =
            cpm_registry_keys_read(http->answer, &ring->reg->arena, &ring->keys, &ring->err);
    }
    cpm_http_release(http);
    for (struct cpm_keyring_wait *wait = ring->waiting, *next; wait; wait = next) {
        next = wait->next;
        tell(ring, wait);
        wait->done(wait);
    }
    ring->waiting = NULL;
}

static int ask(struct cpm_registry *reg, const char *registry, struct cpm_keyring **out,
               struct cpm_error *err)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct cpm_keyring *ring = cpm_calloc(1, sizeof(*ring));
    ring->reg = reg;
    ring->http = (struct cpm_http_request){
        .method = "GET",
        .url = cpm_arena_printf(&reg->arena, "%s" CPM_ENDPOINT_KEYS, registry),
        .headers = headers,
        .auth = true,
        .retry = true,
        .max = CPM_KEYS_MAX,
        .data = ring,
        .done = on_answer};
    int rc = cpm_http_start(reg, &ring->http, err);
    if (rc < 0) {
        cpm_free(ring);
        return rc;
    }
    *out = ring;
    cpm_map_set(&reg->keyrings, cpm_arena_str(&reg->arena, cpm_str(registry)), ring);
    return 0;
}

int cpm_keyring_start(struct cpm_registry *reg, struct cpm_keyring_wait *wait,
                      struct cpm_error *err)
{
    struct cpm_keyring *ring = cpm_map_get(&reg->keyrings, cpm_str(wait->registry));
    int rc = ring ? 0 : ask(reg, wait->registry, &ring, err);
    if (rc < 0)
        return rc;
    if (ring->answered) {
        tell(ring, wait);
        return 1;
    }
    wait->next = ring->waiting;
    ring->waiting = wait;
    return 0;
}

void cpm_keyrings_free(struct cpm_registry *reg)
{
    CPM_MAP_EACH (&reg->keyrings, e) {
        struct cpm_keyring *ring = e->value;
        cpm_registry_keys_release(&ring->keys);
        cpm_free(ring);
    }
    cpm_map_release(&reg->keyrings);
}
