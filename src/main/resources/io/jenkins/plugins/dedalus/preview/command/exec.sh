# Runs the command $2… in the directory $1.
enter "$1"
services_env
shift
exec "$@"
