/* Addresses of the internet, in and out of JavaScript. */
#ifndef CPM_RUNTIME_NATIVE_ADDRESS_H
#define CPM_RUNTIME_NATIVE_ADDRESS_H

#include "runtime/js.h"

#include <uv.h>

/* A text in digits, with its port; false when it is no address. */
bool cpm_address_of(const char *host, int port, struct sockaddr_storage *out);
/* { address, family, port } */
JSObjectRef cpm_address_object(JSContextRef ctx, const struct sockaddr_storage *address);

#endif
