/*
 * How the program was started decides what it is: FastCGI when descriptor 0 is
 * a listening socket, CGI when the environment says so, else a command.
 */
#include "config.h"

#include <stdlib.h>

#include "prog/command.h"
#include "prog/listener.h"
#include "prog/serve.h"

int
main(int argc, char **argv)
{
	if (tg_listener_is_inherited() && !tg_command_is_given(argc, argv))
		return tg_serve_inherited(tg_command_conf_file(argc, argv));
	/*
	 * Under CGI the arguments are the caller's: a query without `=' is
	 * split into them (RFC 3875, 4.4).  They are not looked at.
	 */
	if (getenv("GATEWAY_INTERFACE") != NULL)
		return tg_serve_cgi(NULL);
	return tg_command_main(argc, argv);
}
