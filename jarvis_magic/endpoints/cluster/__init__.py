"""Local work on a Dask cluster: ``Options.cluster``, ``%%jarvis --on ADDRESS``.

::

    %%jarvis captions << -y --on tcp://10.0.0.1:8786
    Describe each picture of @folder.

    jarvis = Jarvis(options=Options(cluster="local"))   # processes on this machine, ended with this Jarvis

What runs on this machine otherwise (the toolbox, pipelines of models, the user's own functions) runs on the workers of
the cluster; calls of providers, URLs and chat models stay in this process, and so does every key. The scheduler places
the calls, moves those of a worker that is lost, and shows them on its dashboard, whose address is said once.

- Media is sent to a worker once for a run, whichever tasks use it, and let go of when the run is over. (When nobody
  waits for it, the cluster's own memory manager may drop a copy before, and fetch it again.)
- A model is loaded once in each worker's process and kept there. A worker that downloads one uses its own
  environment's ``HF_TOKEN``.
- A function travels as ``cloudpickle`` writes it, once, and is made once in each process: what it keeps in globals
  stays there. A module of the user's own that it imports must be installed where the workers are. Its own limit holds
  for the whole cluster; that of a pipeline or estimator is 1 if ``expert(…, limit=…)`` gives it no other.
- As many calls run at once as the workers have threads, unless ``limit`` says otherwise. (For calls of a few
  milliseconds, two or three times as many keep the workers busy while results travel.) Deadlines, tries and stopping
  are those of every call: what is stopped here is stopped there.

A Dask cluster runs whatever its clients send and its clients read what it answers, so it is trusted as this machine is.
The one that ``"local"`` starts takes only those who have the certificate made for it. In a script, make a `Jarvis` with
it below ``if __name__ == "__main__":``, since each of its processes reads the script again.
"""

from __future__ import annotations

from .clusters import Cluster, Clusters, unlike
from .endpoint import ClusterEndpoint
from .sending import Sending

__all__ = ["Cluster", "ClusterEndpoint", "Clusters", "Sending", "unlike"]
