"""What stops a run: told to the user in one Russian paragraph, without a traceback."""


class PipelineError(Exception):
    """The run could not be done (exit code 3)."""


class AnotherRunError(PipelineError):
    """Another run holds the lock of this home."""


class StorageError(PipelineError):
    """The disk is full, or a file or folder cannot be written."""


class BalanceError(PipelineError):
    """Rows read are not accepted plus rejected: a fault of the program, nothing is stored."""
