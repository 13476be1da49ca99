# Made by build-aux/mksources; run it again when a file comes or goes.

base_files = \
	src/base/arena.c \
	src/base/arena.h \
	src/base/buf.c \
	src/base/buf.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/decimal.c \
	src/base/decimal.h \
	src/base/err.c \
	src/base/err.h \
	src/base/escape.c \
	src/base/escape.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/id.c \
	src/base/id.h \
	src/base/json.c \
	src/base/json.h \
	src/base/json_check.c \
	src/base/json_quote.c \
	src/base/json_scan.h \
	src/base/jtree.c \
	src/base/jtree.h \
	src/base/limits.h \
	src/base/log.c \
	src/base/log.h \
	src/base/money.c \
	src/base/money.h \
	src/base/pack.c \
	src/base/pack.h \
	src/base/period.h \
	src/base/seal.c \
	src/base/seal.h \
	src/base/str.c \
	src/base/str.h \
	src/base/utf8.h

net_files = \
	src/net/door.h \
	src/net/door_cgi.c \
	src/net/door_fcgi.c \
	src/net/door_mem.c \
	src/net/fetch.c \
	src/net/fetch.h \
	src/net/fetch_fault.c \
	src/net/fetch_handle.h \
	src/net/fetch_pool.c \
	src/net/fetch_setup.c \
	src/net/fetch_url.c \
	src/net/reply.c \
	src/net/request.c \
	src/net/request.h \
	src/net/sse.c \
	src/net/sse.h \
	src/net/trust.c

store_files = \
	src/store/accounts.h \
	src/store/audit.h \
	src/store/bodies.c \
	src/store/bodies.h \
	src/store/books.h \
	src/store/budgets.h \
	src/store/call_rows.c \
	src/store/calls.c \
	src/store/calls.h \
	src/store/copy.c \
	src/store/db.c \
	src/store/db.h \
	src/store/inner.h \
	src/store/keys.c \
	src/store/keys.h \
	src/store/late.c \
	src/store/ledger.h \
	src/store/meta.c \
	src/store/migrate.c \
	src/store/models.c \
	src/store/models.h \
	src/store/outbox.h \
	src/store/people.c \
	src/store/people.h \
	src/store/pool.c \
	src/store/providers.c \
	src/store/providers.h \
	src/store/prune.c \
	src/store/recipe.c \
	src/store/recipe.h \
	src/store/reserve.c \
	src/store/rollups.h \
	src/store/row.c \
	src/store/setup.h \
	src/store/sql.h \
	src/store/subjects.h \
	src/store/sweep.c \
	src/store/terms.h \
	src/store/turns.c \
	src/store/upkeep.c \
	src/store/who.h \
	src/store/writer.c

llm_files = \
	src/llm/assemble.c \
	src/llm/assemble.h \
	src/llm/assemble_node.c \
	src/llm/assemble_node.h \
	src/llm/chunk.c \
	src/llm/chunk.h \
	src/llm/dialect.c \
	src/llm/dialect.h \
	src/llm/echo.c \
	src/llm/echo.h \
	src/llm/echo_told.c \
	src/llm/echo_told.h \
	src/llm/echo_vector.c \
	src/llm/echo_vector.h \
	src/llm/edit.c \
	src/llm/edit.h \
	src/llm/fault_read.c \
	src/llm/fault_read.h \
	src/llm/forward.c \
	src/llm/known.c \
	src/llm/known.h \
	src/llm/lookalike.c \
	src/llm/lookalike.h \
	src/llm/price.c \
	src/llm/price.h \
	src/llm/redact.c \
	src/llm/redact.h \
	src/llm/retry_after.c \
	src/llm/retry_after.h \
	src/llm/split.c \
	src/llm/usage.c \
	src/llm/usage.h \
	src/llm/view.c \
	src/llm/view.h

gate_files = \
	src/gate/admit.c \
	src/gate/auth.c \
	src/gate/catalog.c \
	src/gate/catalog.h \
	src/gate/catalog_build.c \
	src/gate/catalog_build.h \
	src/gate/catalog_db.c \
	src/gate/gate.c \
	src/gate/gate.h \
	src/gate/relay.c \
	src/gate/relay.h \
	src/gate/route.c \
	src/gate/rules.h \
	src/gate/settings.c \
	src/gate/settings.h \
	src/gate/settle.c \
	src/gate/source.c \
	src/gate/source.h \
	src/gate/stages.h \
	src/gate/stream.c \
	src/gate/whole.c

web_files = \
	src/web/access.c \
	src/web/app.c \
	src/web/app.h \
	src/web/basic.c \
	src/web/basic.h \
	src/web/cors.c \
	src/web/fault.c \
	src/web/fault.h \
	src/web/health.c \
	src/web/llm.c \
	src/web/manage.c \
	src/web/manage.h \
	src/web/manage_keys.c \
	src/web/manage_models.c \
	src/web/models.c \
	src/web/routes.c \
	src/web/routes.h

prog_files = \
	src/prog/acceptor.c \
	src/prog/acceptor.h \
	src/prog/board.c \
	src/prog/board.h \
	src/prog/call_json.c \
	src/prog/call_json.h \
	src/prog/cmd.c \
	src/prog/cmd_call.c \
	src/prog/cmd_calls.c \
	src/prog/cmd_config.c \
	src/prog/cmd_db.c \
	src/prog/cmd_init.c \
	src/prog/cmd_key.c \
	src/prog/cmd_key.h \
	src/prog/cmd_model.c \
	src/prog/cmd_provider.c \
	src/prog/cmd_settings.c \
	src/prog/cmd_settings.h \
	src/prog/command.c \
	src/prog/command.h \
	src/prog/conf.c \
	src/prog/conf.h \
	src/prog/conf_file.c \
	src/prog/conf_file.h \
	src/prog/conf_print.c \
	src/prog/conf_shown.c \
	src/prog/conf_table.c \
	src/prog/conf_table.h \
	src/prog/conf_value.c \
	src/prog/conf_value.h \
	src/prog/crew.c \
	src/prog/crew.h \
	src/prog/doctor.c \
	src/prog/doctor.h \
	src/prog/doctor_lines.c \
	src/prog/doctor_local.c \
	src/prog/doctor_remote.c \
	src/prog/heir.c \
	src/prog/heir.h \
	src/prog/janitor.c \
	src/prog/janitor.h \
	src/prog/listener.c \
	src/prog/listener.h \
	src/prog/master.c \
	src/prog/master.h \
	src/prog/room.c \
	src/prog/room.h \
	src/prog/sandbox.c \
	src/prog/sandbox.h \
	src/prog/serve.c \
	src/prog/serve.h \
	src/prog/table.c \
	src/prog/table.h \
	src/prog/worker.c \
	src/prog/worker.h

sql_files = \
	sql/bodies.sql \
	sql/calls.sql \
	sql/keys.sql \
	sql/meta.sql \
	sql/models.sql \
	sql/people.sql \
	sql/providers.sql \
	sql/txn.sql

migration_files = \
	sql/migrate/main/0001.sql \
	sql/migrate/main/0002.sql \
	sql/migrate/log/0001.sql

unit_tests = \
	tests/unit/test_arena \
	tests/unit/test_assemble \
	tests/unit/test_bodies \
	tests/unit/test_buf \
	tests/unit/test_calls \
	tests/unit/test_chunk \
	tests/unit/test_clock \
	tests/unit/test_command \
	tests/unit/test_conf \
	tests/unit/test_db \
	tests/unit/test_decimal \
	tests/unit/test_door_cgi \
	tests/unit/test_door_fcgi \
	tests/unit/test_echo \
	tests/unit/test_edit \
	tests/unit/test_err \
	tests/unit/test_escape \
	tests/unit/test_fault_read \
	tests/unit/test_fetch \
	tests/unit/test_fuzz_json \
	tests/unit/test_fuzz_llm \
	tests/unit/test_hash \
	tests/unit/test_id \
	tests/unit/test_json \
	tests/unit/test_jtree \
	tests/unit/test_keys \
	tests/unit/test_known \
	tests/unit/test_late \
	tests/unit/test_log \
	tests/unit/test_lookalike \
	tests/unit/test_migrate \
	tests/unit/test_models \
	tests/unit/test_money \
	tests/unit/test_pack \
	tests/unit/test_people \
	tests/unit/test_price \
	tests/unit/test_providers \
	tests/unit/test_prune \
	tests/unit/test_recipe \
	tests/unit/test_redact \
	tests/unit/test_request \
	tests/unit/test_retry_after \
	tests/unit/test_seal \
	tests/unit/test_serve \
	tests/unit/test_split \
	tests/unit/test_sql \
	tests/unit/test_sse \
	tests/unit/test_str \
	tests/unit/test_table \
	tests/unit/test_usage \
	tests/unit/test_utf8 \
	tests/unit/test_view \
	tests/unit/test_wire \
	tests/unit/test_writer

unit_helpers = \
	tests/unit/corpus.c \
	tests/unit/corpus.h \
	tests/unit/json_samples.h \
	tests/unit/prog_help.c \
	tests/unit/prog_help.h \
	tests/unit/sample_prices.h \
	tests/unit/store_help.c \
	tests/unit/store_help.h \
	tests/unit/unit.h

wire_files = \
	tests/wire/case.c \
	tests/wire/case.h \
	tests/wire/house.c \
	tests/wire/house.h \
	tests/wire/match.c \
	tests/wire/match.h \
	tests/wire/row.c \
	tests/wire/row.h \
	tests/wire/serve.c \
	tests/wire/serve.h \
	tests/wire/step.c \
	tests/wire/step.h \
	tests/wire/upstream.c \
	tests/wire/upstream.h
