#ifndef TG_BASE_LIMITS_H
#define TG_BASE_LIMITS_H
/*
 * Every ceiling in one list.  Bytes unless the name says otherwise.  What an
 * owner may change is in the configuration; these are the bounds of its
 * defaults and the sizes nobody should need to change.
 */
#define TG_MAX_REQUEST_HEAD	(64 * 1024)	/* all CGI variables */
#define TG_MAX_JSON_DEPTH	512
#define TG_MAX_URL		(8 * 1024)
#define TG_MAX_ARENA		(8 * 1024 * 1024)
#define TG_MAX_SSE_EVENT	(32 * 1024 * 1024)
/* read of an upstream's error */
#define TG_MAX_ERROR_BODY	(64 * 1024)
/* kept of a body that is no JSON */
#define TG_MAX_ERROR_LOG	500
#define TG_MAX_ASSEMBLED	(64 * 1024 * 1024)
#define TG_MAX_MODEL_NAME	256
#define TG_MAX_KEY_TEXT		512		/* longer is no key of ours */
#define TG_MAX_CONFIG_VALUE	(16 * 1024)
#define TG_THREAD_STACK		(256 * 1024)
#define TG_LISTEN_BACKLOG	4096
#endif
