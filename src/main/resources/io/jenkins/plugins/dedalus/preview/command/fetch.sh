# Fetches one commit into a repository of its own. Nothing that code of the change request could have left on this
# machine takes part: no configuration, no hooks, no PATH. The token is in this execution's environment only, which what
# runs meanwhile as the same user could read.
set -e
umask 077
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_TERMINAL_PROMPT=0 GIT_ASKPASS=/bin/false
unset LD_PRELOAD BASH_ENV ENV GIT_DIR GIT_WORK_TREE GIT_SSH GIT_SSH_COMMAND GIT_EXEC_PATH GIT_PROXY_COMMAND
d="$HOME/.dedalus-preview"
mkdir -p "$d"
command -v git >/dev/null || install_packages git || exit
rm -rf "$d/fetch.git"
git init -q --bare --template= "$d/fetch.git"
git() {
    command git --git-dir="$d/fetch.git" -c core.hooksPath=/dev/null -c credential.helper= \
        -c 'credential.helper=!f() { test "$1" = get && test -n "$DEDALUS_GIT_TOKEN" && printf "username=x-access-token\npassword=%s\n" "$DEDALUS_GIT_TOKEN"; }; f' \
        -c protocol.ext.allow=never "$@"
}
if ! git fetch -q --no-tags --depth=1 "$DEDALUS_GIT_URL" "$DEDALUS_GIT_COMMIT" 2>"$d/fetch.err"; then
    if [ -z "$DEDALUS_GIT_REF" ] || ! git fetch -q --no-tags --depth=200 "$DEDALUS_GIT_URL" "$DEDALUS_GIT_REF" 2>>"$d/fetch.err"; then
        cat "$d/fetch.err" >&2
        rm -f "$d/fetch.err"
        exit 1
    fi
fi
rm -f "$d/fetch.err" "$d/fetch.git/FETCH_HEAD"
if ! git cat-file -e "$DEDALUS_GIT_COMMIT^{commit}" 2>/dev/null; then
    echo "commit $DEDALUS_GIT_COMMIT is not among the last 200 of ${DEDALUS_GIT_REF:-the repository}; it may have been replaced by a push" >&2
    exit 1
fi
git update-ref refs/heads/fetched "$DEDALUS_GIT_COMMIT"
echo "fetched $DEDALUS_GIT_COMMIT"
