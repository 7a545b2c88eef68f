"""What somebody whom no trigger stops may do to what is kept, and what is to be said of it."""

from .of_certificates import DAMAGES as OF_CERTIFICATES
from .of_evidence import DAMAGES as OF_EVIDENCE
from .of_the_rest import DAMAGES as OF_THE_REST

DAMAGES = OF_EVIDENCE | OF_CERTIFICATES | OF_THE_REST
