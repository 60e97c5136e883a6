/* IPv4 is tried first: what it takes is never IPv6. A link-local address of IPv6 keeps its zone:
 * without it nobody could answer. */
#include "runtime/native/address.h"

#include <string.h>

bool cpm_address_of(const char *host, int port, struct sockaddr_storage *out)
{
    return uv_ip4_addr(host, port, (struct sockaddr_in *)out) == 0 ||
           uv_ip6_addr(host, port, (struct sockaddr_in6 *)out) == 0;
}

/* "%eth0" behind the text, in what is left of its `size` bytes. */
static void add_zone(const struct sockaddr_in6 *in, char *text, size_t size)
{
    size_t used = strlen(text), rest = size - used - 1;

    if (!IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr) || in->sin6_scope_id == 0 || rest < 2)
        return;
    text[used] = '%';
    if (uv_if_indextoiid(in->sin6_scope_id, text + used + 1, &rest) < 0)
        text[used] = '\0';
}

JSObjectRef cpm_address_object(JSContextRef ctx, const struct sockaddr_storage *address)
{
    bool v6 = address->ss_family == AF_INET6;
    char text[INET6_ADDRSTRLEN + UV_IF_NAMESIZE + 1] = "";
    int port;

    if (v6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;
        uv_ip6_name(in, text, sizeof(text));
        add_zone(in, text, sizeof(text));
        port = ntohs(in->sin6_port);
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        uv_ip4_name(in, text, sizeof(text));
        port = ntohs(in->sin_port);
    }
    JSObjectRef out = JSObjectMake(ctx, NULL, NULL);
    cpm_js_set(ctx, out, "address", cpm_js_text(ctx, text));
    cpm_js_set(ctx, out, "family", cpm_js_text(ctx, v6 ? "IPv6" : "IPv4"));
    cpm_js_set(ctx, out, "port", JSValueMakeNumber(ctx, port));
    return out;
}
