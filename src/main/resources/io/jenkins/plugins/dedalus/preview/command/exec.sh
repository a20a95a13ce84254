# Runs the command $2… in the directory $1.
cd "$HOME" || exit 126
case $1 in
    '') ;;
    '?'*)
        healed
        # Where the code is, if it was delivered.
        [ -d app ] && cd app
        [ -z "${1#\?}" ] || cd "./${1#\?}" || exit 126
        ;;
    /*)
        healed
        cd "$1" || exit 126
        ;;
    *) cd "$1" || exit 126 ;;
esac
services_env
shift
exec "$@"
