ENV MORE="of it"
RUN echo more > /var/sundry/more
