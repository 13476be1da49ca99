#ifndef TG_PROG_SERVE_H
#define TG_PROG_SERVE_H
/* From how the program was started to the processes that serve. */

/* FastCGI on the socket inherited as descriptor 0; returns the exit status. */
int tg_serve_inherited(const char *conf_file);
/* FastCGI on a Unix socket of our own. */
int tg_serve_socket(const char *conf_file, const char *path);
/* One CGI request (RFC 3875). */
int tg_serve_cgi(const char *conf_file);
#endif
