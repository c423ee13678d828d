# A mail server for tests, of Debian's aiosmtpd: takes letters into a Maildir, asks for a name and a password if one is
# given, refuses never@… for good and later@… twice. With a certificate it speaks TLS, from the start (smtps) or when it
# is asked to, and takes nothing before (starttls). Prints its port when it listens, ends when its input does.
import logging
import ssl
import sys
import warnings

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult

warnings.simplefilter("ignore")
logging.disable()
folder, password, tls, certificate, key = sys.argv[1:]
tries = {}


class Handler(Mailbox):
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never@"):
            return "550 no such mailbox: " + address
        tries[address] = tries.get(address, 0) + 1
        if address.startswith("later@") and tries[address] < 3:
            return "451 busy, try again: " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"


def allow(server, session, envelope, mechanism, auth):
    return AuthResult(success=auth.login == b"reports" and auth.password == password.encode(), handled=False)


options = {"auth_required": True, "authenticator": allow, "auth_require_tls": False} if password else {}
if tls:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options |= {"ssl_context": context} if tls == "smtps" else {"tls_context": context, "require_starttls": True, "auth_require_tls": True}


class Listening(Controller):
    def _trigger_server(self):  # on a port of its own choice
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


controller = Listening(Handler(folder), hostname="127.0.0.1", port=0, **options)
controller.start()
print(controller.port, flush=True)
sys.stdin.read()
controller.stop()
