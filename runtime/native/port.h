/* Ports: ends of a group between which serialized messages go, from one world to another too. A
 * MessageChannel is a group of two, a BroadcastChannel's name is a group of any number. */
#ifndef CPM_RUNTIME_NATIVE_PORT_H
#define CPM_RUNTIME_NATIVE_PORT_H

#include "runtime/runtime.h"

/* What the worlds of a process share: the named groups. Made by the first, never freed. */
struct cpm_threads;
struct cpm_threads *cpm_threads_new(void);
/* A number that no other worker has had. */
int cpm_threads_next_id(struct cpm_threads *threads);

/* One end. It belongs to the world that cpm_port_object was called in; before, to its holder. */
struct cpm_port;
/* Two ends of a new group. */
void cpm_port_pair(struct cpm_port *ends[2]);
/* Its JavaScript object: post, start, stop, receive, close, ref, unref; onmessage and onclose. */
JSObjectRef cpm_port_object(struct cpm_runtime *rt, struct cpm_port *port);
/* An end that no world has. */
void cpm_port_drop(struct cpm_port *port);

#endif
