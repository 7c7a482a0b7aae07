"""What SQLAlchemy raises, turned into the errors of the product."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from purdah_scheduler.store.faults import Faults, too_large, unfit


@contextmanager
def translated(faults: Faults) -> Iterator[None]:
    """Turn whatever the database raises in the block into an error of the product.

    A broken constraint is a mistake of the program and becomes a RuntimeError: it must be seen, not shown as advice.
    """
    try:
        yield
    except IntegrityError as error:
        raise RuntimeError(f"the store refused a change that breaks a rule of its schema: {error.orig}") from error
    except DBAPIError as error:
        raise faults.of(error) from error
    except StatementError as error:
        if error.orig is None:
            raise
        if isinstance(error.orig, OverflowError):
            raise too_large() from error
        raise error.orig from None
    except PoolTimeout as error:
        raise faults.busy() from error
    except (UnicodeEncodeError, UnicodeDecodeError, OverflowError) as error:
        raise unfit(faults, error) from error
